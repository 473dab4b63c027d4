import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

const minute = 60_000
const ask = (query: string, longestWait?: number) => whileTimePasses(stack.clock, stack.ask(query), longestWait)
const linesAt = (level: number) => stack.wholeLog.filter((line) => line['level'] === level)
const calls = () => linesAt(20)
/** How the readings of places were got. Those of LivePerson's hosts have a key. */
const decisions = () =>
  linesAt(10).flatMap(({ place, kind, result }) => (place === undefined ? [] : `${place} ${kind} ${result}`))

const one = '{ livePersonAccount(id: "le4830275") { certificates { totalCount } } }'
const organization = '{ openAIOrganization(id: "org_bluequay") { certificates(first: 1) { totalCount } } }'

describe('the level debug', () => {
  it('has a line for each call that reaches a vendor', async () => {
    await ask('{ certificates(first: 100) { nodes { name ... on OpenAICertificate { pem } } } }')
    expect(calls().length).toBeGreaterThan(10)
    expect(
      calls()
        .map(({ method, status = null }) => `${method} ${status}`)
        .sort(),
    ).toEqual(
      stack.emulators.flatMap((emulator) => emulator.calls.map(({ method, status }) => `${method} ${status}`)).sort(),
    )
    const { requestId } = stack.log.at(-1) ?? {}
    expect(new Set(calls().map((line) => line['requestId']))).toEqual(new Set([requestId]))
  })

  it('has the path without its ids, and the attempts of a call with their durations', async () => {
    let count = 0
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/certificates' && count++ < 2,
      effect: { status: 503 },
    })
    await ask(organization)
    const call = { provider: 'OPENAI', method: 'GET', path: '/v1/organization/certificates', durationMs: 0 }
    expect(calls()).toMatchObject([
      {
        ...call,
        status: 503,
        attempt: 1,
        code: 'UPSTREAM_UNAVAILABLE',
        msg: 'call to a vendor for the certificates of org_bluequay',
      },
      { ...call, status: 503, attempt: 2, code: 'UPSTREAM_UNAVAILABLE' },
      { ...call, status: 200, attempt: 3 },
    ])
    expect(calls()[2]).not.toHaveProperty('code')
    await ask('{ akamaiAccountSwitchKeys(accountId: "bluequay", search: "quay") { accountName } }')
    expect(calls().at(-1)).toMatchObject({ path: '/identity-management/v3/api-clients/self/account-switch-keys' })
  })

  it('has the time that a call waits for its rate limit', async () => {
    const contracts = await ask('{ certificates(first: 1) { totalCount } }')
    expect(contracts.errors).toBeUndefined()
    const listings = () =>
      calls()
        .filter(({ path }) => path === '/cps/v2/active-certificates')
        .map(({ waitedMs }) => Number(waitedMs))
    const fresh = '{ certificates(first: 1, maxStaleness: "PT0S") { totalCount } }'
    for (let round = 0; round < 8; round += 1) {
      stack.clock.advance(11_000)
      await ask(fresh, minute)
    }
    expect(listings()[0]).toBe(0)
    expect(Math.max(...listings())).toBeGreaterThan(1_000)
  })

  it('has a call that gets no answer, without a status', async () => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.startsWith('/mtls/'), effect: 'hang' })
    await ask(one, minute)
    const line = calls().find(({ path }) => path === '/mtls/account/{accountId}/certificates')
    expect(line).toMatchObject({ durationMs: 10_000, attempt: 1, code: 'UPSTREAM_TIMEOUT' })
    expect(line).not.toHaveProperty('status')
  })
})

describe('the level trace', () => {
  it('has how each reading was got: fresh, stale, for this operation, or shared with another one', async () => {
    const of = (result: string) => `le4830275 CERTIFICATES ${result}`
    const next = async (...queries: readonly string[]) => {
      const before = decisions().length
      await Promise.all(queries.map((query) => ask(query)))
      return decisions().slice(before)
    }
    expect(await next(one)).toEqual([of('miss')])
    expect(await next(`query Again ${one}`)).toEqual([of('fresh')])
    stack.clock.advance(6 * minute)
    expect(await next(one)).toEqual([of('stale')])
    await ask('{ __typename }')
    stack.clock.advance(20 * minute)
    stack.liveperson.emulator.latency = 500
    const both = await Promise.all([stack.ask(one), stack.ask(`query Other ${one}`)])
    expect(both.map(({ errors }) => errors)).toEqual([undefined, undefined])
    expect(decisions().slice(-2)).toEqual([of('miss'), of('shared')])
    expect(linesAt(10)).toContainEqual(
      expect.objectContaining({ provider: 'LIVEPERSON', requestId: expect.any(String), msg: 'reading: shared' }),
    )
  })
})
