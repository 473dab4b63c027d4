import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { quiet } from '../../support/quiet.ts'
import { firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { startStackWithSecondAccount, switchKey } from '../../support/second-account.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { failureOf } from '../../support/vendor-call.ts'

interface Answer {
  akamaiAccountSwitchKeys: { accountName: string; accountSwitchKey: string }[] | null
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

const ask = (args = 'accountId: "bluequay"') =>
  stack.ask<Answer>(`{ akamaiAccountSwitchKeys(${args}) { accountName accountSwitchKey } }`)
const calls = () => stack.callsTo('/account-switch-keys')
const names = async (search: string) =>
  (await ask(`accountId: "bluequay", search: "${search}"`)).data.akamaiAccountSwitchKeys?.map(
    (each) => each.accountName,
  )

describe('the switch keys of an account', () => {
  it('are those that the vendor lists for the API client', async () => {
    const { data, errors } = await ask()
    expect(errors).toBeUndefined()
    expect(data.akamaiAccountSwitchKeys).toEqual(firstOf(stack.akamai.state.accounts).switchKeys)
    expect(calls().map(({ target }) => target)).toEqual([
      '/identity-management/v3/api-clients/self/account-switch-keys',
    ])
  })

  it('are filtered by the vendor by name or id, and may be empty', async () => {
    expect(await names('freight')).toEqual(['Bluequay Freight', 'Bluequay Freight Labs'])
    expect(await names('9CB')).toEqual(['Clearberth Payments'])
    expect(await names('unknown & co?')).toEqual([])
    expect(calls().map(({ query }) => query.get('search'))).toEqual(['freight', '9CB', 'unknown & co?'])
  })

  it('are not requested for a search of more than 256 characters', async () => {
    const { errors = [] } = await ask(`accountId: "bluequay", search: "${'a'.repeat(257)}"`)
    expect(errors).toMatchObject([
      { message: 'search: 257 characters; expected at most 256', extensions: { code: 'BAD_USER_INPUT' } },
    ])
    expect(calls()).toEqual([])
  })

  it('cost one call for equal searches within a minute, in one operation or in several', async () => {
    const field = (search: string) =>
      `akamaiAccountSwitchKeys(accountId: "bluequay", search: ${search}) { accountName }`
    const query = `{ a: ${field('null')} b: ${field('null')} c: ${field('"labs"')} d: ${field('"labs"')} }`
    expect((await stack.ask(query)).errors).toBeUndefined()
    expect(calls()).toHaveLength(2)
    const [first, second] = await Promise.all([stack.ask(query), stack.ask(query)])
    expect(second).toEqual(first)
    stack.clock.advance(59_999)
    expect(await stack.ask(query)).toEqual(first)
    expect(calls()).toHaveLength(2)
    stack.clock.advance(1)
    await Promise.all([stack.ask(query), stack.ask(query)])
    expect(calls()).toHaveLength(4)
  })

  it('are requested again after a failure, which operations that wait for the call share', async () => {
    stack.akamai.emulator.fault({ effect: { status: 403 }, times: 1 })
    const answers = await Promise.all([ask(), ask(), ask()])
    expect(answers.map(({ errors }) => errors?.[0]?.extensions['code'])).toEqual(Array(3).fill('UPSTREAM_FORBIDDEN'))
    expect(calls()).toHaveLength(1)
    expect((await ask()).errors).toBeUndefined()
    expect(calls()).toHaveLength(2)
  })

  it('are requested by another operation when the one that began has ended', async () => {
    const query = '{ akamaiAccountSwitchKeys(accountId: "bluequay") { accountName } }'
    const restore = stack.akamai.emulator.fault({ effect: 'hang' })
    const client = new AbortController()
    const aborted = failureOf(stack.ask(query, {}, client.signal))
    await until(() => calls().length === 1)
    const waiting = stack.ask(query)
    await quiet()
    restore()
    client.abort()
    expect(await aborted).toMatchObject({ name: 'AbortError' })
    expect((await waiting).errors).toBeUndefined()
    expect(calls()).toHaveLength(2)
  })

  it.each(['undefined', 'null'])('are requested separately for a search for %j and for no search', async (search) => {
    const field = (more = '') => `akamaiAccountSwitchKeys(accountId: "bluequay"${more}) { accountName }`
    const query = `{ all: ${field()} also: ${field(', search: null')} found: ${field(`, search: "${search}"`)} }`
    type Keys = Answer['akamaiAccountSwitchKeys']
    const { data, errors } = await stack.ask<{ all: Keys; also: Keys; found: Keys }>(query)
    expect(errors).toBeUndefined()
    expect(data.all?.length).toBeGreaterThan(0)
    expect([data.also, data.found]).toEqual([data.all, []])
    expect(calls().map(({ query }) => query.get('search'))).toEqual([null, search])
  })

  it('are requested with the configured switch key of the account', async () => {
    await stack.close()
    const started = await startStackWithSecondAccount()
    stack = started.stack
    expect((await ask('accountId: "second", search: "labs"')).errors).toBeUndefined()
    expect(calls().map(({ query }) => query.get('accountSwitchKey'))).toEqual([switchKey])
  })

  it.each([
    ['an account that is not configured', 'accountId: "unknown"', 'NOT_CONFIGURED'],
    ['an invalid id', 'accountId: "../self"', 'BAD_USER_INPUT'],
    ['a search of two characters', 'accountId: "bluequay", search: "bl"', 'BAD_USER_INPUT'],
    ['a search of two characters outside the basic plane', 'accountId: "bluequay", search: "𝒶𝒷"', 'BAD_USER_INPUT'],
    ['an empty search', 'accountId: "bluequay", search: ""', 'BAD_USER_INPUT'],
  ])('are rejected for %s before any call', async (_, args, code) => {
    const { data, errors } = await ask(args)
    expect(data).toEqual({ akamaiAccountSwitchKeys: null })
    expect(errors).toMatchObject([{ path: ['akamaiAccountSwitchKeys'], extensions: { code } }])
    expect(stack.callsTo('/')).toEqual([])
  })

  it('are null with an error when the vendor rejects the call', async () => {
    stack.akamai.emulator.fault({ effect: { status: 403, body: { title: 'Forbidden', detail: 'No grant' } } })
    const { data, errors } = await ask()
    expect(data).toEqual({ akamaiAccountSwitchKeys: null })
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('No grant'),
        path: ['akamaiAccountSwitchKeys'],
        extensions: { code: 'UPSTREAM_FORBIDDEN', provider: 'AKAMAI', place: expect.any(String), httpStatus: 403 },
      },
    ])
  })

  it.each([
    ['an object instead of a list', () => ({ keys: [] })],
    ['a row that is not an object', (rows: object[]) => [...rows, null]],
    ['a row without a key', (rows: object[]) => [...rows, { accountName: 'Harbour' }]],
    ['a row with an empty name', (rows: object[]) => [...rows, { accountName: '', accountSwitchKey: '1-ABC' }]],
  ])('are null with an error when the response has %s', async (_, patch) => {
    rewriteAnswers(stack.akamai.emulator, '/account-switch-keys', patch)
    const { data, errors } = await whileTimePasses(stack.clock, ask())
    expect(data).toEqual({ akamaiAccountSwitchKeys: null })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED_RESPONSE' } }])
  })
})
