import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../src/sandbox/fault.ts'
import { account, type Certificate as Listed, readAccount } from '../../support/liveperson-listing.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { failureOf } from '../../support/vendor-call.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

interface Certificate extends Listed {
  asOf: string
  stale: boolean
  account: { accountId: string }
}

const fields = `id certificateId name displayName active deleted vendorStatus expiresAt expiryStatus daysUntilExpiry
  parseIssues asOf stale account { accountId }`
const query = `query ($accountId: ID!, $id: ID!) {
  livePersonCertificate(accountId: $accountId, id: $id) { ${fields} }
}`
const bot = '911504391'

let stack: Stack

async function get(id: string, accountId = account) {
  const response = stack.ask<{ livePersonCertificate: Certificate | null }>(query, { accountId, id })
  const { data, errors } = await whileTimePasses(stack.clock, response)
  return { certificate: data.livePersonCertificate, errors }
}

const storedCertificates = () => findOnly(stack.liveperson.state.accounts, ({ id }) => id === account).certificates
const isGateway = ({ path }: { path: string }) => path.startsWith('/mtls/')
const respond = (effect: Effect) => stack.liveperson.emulator.fault({ match: isGateway, effect })

describe('a LivePerson certificate by the vendor’s id', () => {
  beforeEach(async () => {
    stack = await startStack()
  })
  afterEach(() => stack.close())

  it('has the fields and the id that it has in its account’s list', async () => {
    const listed = (await readAccount(stack, true)).certificates?.nodes ?? []
    for (const row of listed) {
      stack.clock.advance(1_000)
      const { certificate, errors } = await get(row.certificateId)
      expect(errors).toBeUndefined()
      const { asOf, stale, account: of, ...rest } = certificate ?? ({} as Certificate)
      expect(rest).toEqual(row)
      expect([of, stale]).toEqual([{ accountId: account }, false])
    }
    expect(listed).toHaveLength(9)
  })

  it.each(['3515906310', '9007199254740993', '9007199254740992', '9223372036854775807'])(
    'keeps every digit of its id: %s',
    async (id) => {
      const [row] = storedCertificates()
      if (row) storedCertificates().unshift({ ...row, id, name: 'the one' }, { ...row, id: '9007199254740994' })
      const { certificate, errors } = await get(id)
      expect(errors).toBeUndefined()
      expect(certificate).toMatchObject({ certificateId: id, name: 'the one' })
      expect(stack.callsTo('/mtls/').map(({ path }) => path)).toEqual([`/mtls/account/${account}/certificates/${id}`])
    },
  )

  it('is returned with its flag when it is soft-deleted', async () => {
    expect((await get('2617339874')).certificate).toMatchObject({ name: 'webhooks-returns-1', deleted: true })
  })

  it('is read once in every operation, with the time of that call as asOf', async () => {
    const twice = `{
      a: livePersonCertificate(accountId: "${account}", id: "${bot}") { asOf }
      b: livePersonCertificate(accountId: "${account}", id: "${bot}") { asOf }
    }`
    const first = await stack.ask<Record<string, Certificate>>(twice)
    stack.clock.advance(5_000)
    const second = await stack.ask<Record<string, Certificate>>(twice)
    expect([first, second].map(({ data }) => data['a']?.asOf)).toEqual([
      '2030-01-01T00:00:00.000Z',
      '2030-01-01T00:00:05.000Z',
    ])
    expect(second.data['b']).toEqual(second.data['a'])
    expect(stack.callsTo('/mtls/')).toHaveLength(2)
  })

  it('is read with a token from client credentials, which is renewed when it is rejected', async () => {
    const client = '52710934'
    expect((await get('4120667093', client)).certificate).toMatchObject({ name: 'idp-client' })
    findOnly(stack.liveperson.state.accounts, ({ id }) => id === client).tokens = []
    expect((await get('4120667093', client)).certificate).toMatchObject({ name: 'idp-client' })
    expect(stack.callsTo('/mtls/').map(({ status }) => status)).toEqual([200, 401, 200])
  })
})

describe('an id that is unknown to LivePerson', () => {
  beforeAll(async () => {
    stack = await startStack()
  })
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  it('is null without an error when LivePerson answers 404', async () => {
    expect(await get('7')).toEqual({ certificate: null, errors: undefined })
    expect(stack.callsTo('/mtls/').map(({ status }) => status)).toEqual([404])
  })

  it.each<[string, Effect]>([
    ['an empty body', { status: 200 }],
    ['an empty body of type JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '\n' }],
    ['status 204', { status: 204 }],
    ['null', { status: 200, body: 'null' }],
  ])('is null without an error when LivePerson answers with %s', async (_, effect) => {
    respond(effect)
    expect(await get('7')).toEqual({ certificate: null, errors: undefined })
  })

  it.each([
    [403, 'UPSTREAM_FORBIDDEN', 1],
    [500, 'UPSTREAM_UNAVAILABLE', 4],
  ])('is null with an error when LivePerson answers %d', async (status, code, calls) => {
    respond({ status })
    const { certificate, errors } = await get('7')
    expect(certificate).toBeNull()
    expect(errors).toMatchObject([
      {
        path: ['livePersonCertificate'],
        extensions: { code, provider: 'LIVEPERSON', place: expect.any(String), httpStatus: status },
      },
    ])
    expect(stack.callsTo('/mtls/')).toHaveLength(calls)
  })

  it('does not open the account’s circuit when it is requested several times', async () => {
    const end = respond({ status: 500 })
    for (let i = 0; i < 6; i++) await get('7')
    end()
    // The first call after failed ones may have to wait a second.
    const { source } = await whileTimePasses(stack.clock, readAccount(stack))
    expect(source).toMatchObject({ status: 'OK' })
  })

  it('is an error when the 404 comes from the domain lookup', async () => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path.endsWith('/baseURI.json'), effect: { status: 404 } })
    const { certificate, errors } = await get(bot)
    expect(certificate).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_NOT_FOUND', provider: 'LIVEPERSON' } }])
  })
})

describe('a response of LivePerson', () => {
  beforeAll(async () => {
    stack = await startStack()
  })
  afterEach(() => expireReadings(stack))
  afterAll(() => stack.close())

  it.each<[string, object | string]>([
    ['another certificate', { id: 7, name: 'other', siteId: account }],
    ['a certificate of another account', { id: Number(bot), siteId: '52710934' }],
    ['a certificate with an unreadable account', { id: Number(bot), siteId: {} }],
    ['a certificate without an id', { name: 'bot-handover' }],
    ['a list', [{ id: Number(bot) }]],
    ['HTML', '<html></html>'],
  ])('that is %s is malformed', async (_, body) => {
    respond({ status: 200, body })
    const { certificate, errors } = await get(bot)
    expect(certificate).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'LIVEPERSON' } }])
  })

  it.each([{ siteId: account }, { siteId: null }, {}])('can omit the id of the account: %j', async (more) => {
    respond({ status: 200, body: { id: bot, status: 'Expired', ...more } })
    const { certificate } = await get(bot)
    expect(certificate).toMatchObject({ certificateId: bot, name: null, expiryStatus: 'EXPIRED' })
  })

  it('can have the id of the account as a number', async () => {
    respond({ status: 200, body: { id: 5, siteId: 52_710_934 } })
    expect((await get('5', '52710934')).certificate).toMatchObject({ certificateId: '5' })
  })

  it('is aborted when the client disconnects', async () => {
    respond('hang')
    const client = new AbortController()
    const failure = failureOf(stack.ask(query, { accountId: account, id: bot }, client.signal))
    await until(() => stack.callsTo('/mtls/').length === 1)
    client.abort()
    expect(await failure).toMatchObject({ name: 'AbortError' })
    await until(() => stack.callsTo('/mtls/').every(({ aborted }) => aborted))
  })
})

describe('the account', () => {
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it.each([
    ['le1', bot, 'NOT_CONFIGURED', 'accountId'],
    ['..', bot, 'BAD_USER_INPUT', 'accountId'],
    [account, '..', 'BAD_USER_INPUT', 'id'],
    [account, '1/../2', 'BAD_USER_INPUT', 'id'],
    [account, '', 'BAD_USER_INPUT', 'id'],
  ])('%j with the id %j is rejected before any call: %s', async (accountId, id, code, argument) => {
    const { certificate, errors } = await get(id, accountId)
    expect(certificate).toBeNull()
    expect(errors).toMatchObject([{ message: expect.stringMatching(`^${argument}: `), extensions: { code } }])
    expect(stack.liveperson.emulator.calls).toEqual([])
  })
})
