import { afterEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../src/sandbox/fault.ts'
import { accessForTwoKeys, askAs, twoKeys } from './support/callers.ts'
import { sendRequest } from './support/http-client.ts'
import { whileTimePasses } from './support/passing-time.ts'
import { type Stack, type StackOptions, startStack } from './support/stack.ts'

interface HealthPlace {
  readonly provider: string
  readonly id: string
  readonly place: string
  readonly kind: string
  readonly status: string
  readonly asOf: string | null
  readonly ageSeconds: number | null
  readonly lastErrorCode: string | null
  readonly circuit: string
}

interface HealthBody {
  readonly status: string
  readonly places?: readonly HealthPlace[]
}

const beyondEveryTtl = 2 * 3_600_000
const [everyKey, someKey] = twoKeys

let stack: Stack
afterEach(() => stack.close())

async function start(options: StackOptions = {}) {
  stack = await startStack({ limits: false, ...options })
}

const search = (key: string | null = null) =>
  whileTimePasses(stack.clock, askAs(stack.url, key, '{ certificates { totalCount } }'))

/** The body, and how many calls to vendors it took. */
async function health(key: string | null = null, headers: Record<string, string> = {}): Promise<HealthBody> {
  const before = stack.callsTo('').length
  const { status, body } = await sendRequest(stack.url.replace('/graphql', '/health'), {
    headers: { ...headers, ...(key !== null && { authorization: `Bearer ${key}` }) },
  })
  expect([status, stack.callsTo('').length]).toEqual([200, before])
  return JSON.parse(body)
}

function fault(path: string, effect: Effect) {
  const ends = stack.emulators.map((emulator) =>
    emulator.fault({ match: ({ target }) => target.includes(path), effect }),
  )
  return () => {
    for (const end of ends) end()
  }
}

const placeOf = ({ places = [] }: HealthBody, vendorId: string) => places.find(({ place }) => place === vendorId)

describe('/health', () => {
  it('reports ok and the unread places before anything is read', async () => {
    await start()
    const { status, places } = await health()
    expect(status).toBe('ok')
    expect(places?.map(({ place, status }) => [place, status])).toEqual([
      ['org_bluequay', 'UNREAD'],
      ['bluequay', 'UNREAD'],
      ['le4830275', 'UNREAD'],
      ['52710934', 'UNREAD'],
    ])
  })

  it('reports each place with the age of its reading', async () => {
    await start()
    await search()
    stack.clock.advance(42_000)
    const body = await health()
    expect(body).toMatchObject({ status: 'ok', mode: 'live', version: '0.0.0', access: 'public', writes: 'disabled' })
    expect(placeOf(body, 'K-2CB4PY1')).toEqual({
      provider: 'AKAMAI',
      id: expect.any(String),
      place: 'K-2CB4PY1',
      name: null,
      kind: 'CERTIFICATES',
      status: 'OK',
      asOf: expect.stringMatching(/^2030-01-01T00:00:.*Z$/),
      ageSeconds: 42,
      lastErrorCode: null,
      circuit: 'closed',
    })
    expect(new Set(body.places?.map(({ status }) => status))).toEqual(new Set(['OK']))
    const { data } = await askAs(stack.url, null, '{ certificatePlaces(first: 100) { nodes { id } } }')
    for (const { id } of body.places ?? []) expect(JSON.stringify(data)).toContain(`"${id}"`)
  })

  it.each<[string, Effect, string]>([
    ['answers 503', { status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    ['answers 401', { status: 401 }, 'UPSTREAM_UNAUTHENTICATED'],
    ['asks to wait for minutes', { status: 429, headers: { 'retry-after': '600' } }, 'UPSTREAM_RATE_LIMITED'],
    ['returns no list', { status: 200, body: {} }, 'UPSTREAM_MALFORMED_RESPONSE'],
  ])('is degraded with the last error code while a vendor %s, and lists that place first', async (_, effect, code) => {
    await start()
    await search()
    const recover = fault('/mtls/account/le4830275/certificates', effect)
    stack.clock.advance(beyondEveryTtl)
    await search()
    const body = await health()
    expect(body.status).toBe('degraded')
    expect(body.places?.[0]).toMatchObject({ place: 'le4830275', status: 'STALE', lastErrorCode: code })
    recover()
    stack.clock.advance(beyondEveryTtl)
    await search()
    expect(await health()).toMatchObject({ status: 'ok' })
  })

  it('is degraded while the circuit of an account is open, with the error that opened it', async () => {
    await start()
    await search()
    fault('/active-certificates', { status: 503 })
    stack.clock.advance(beyondEveryTtl)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await search()
      stack.clock.advance(6_000)
    }
    const body = await health()
    expect(body.status).toBe('degraded')
    expect(placeOf(body, 'K-2CB4PY1')).toMatchObject({
      status: 'STALE',
      circuit: 'open',
      lastErrorCode: 'UPSTREAM_UNAVAILABLE',
    })
    expect(placeOf(body, 'le4830275')).toMatchObject({ status: 'OK', circuit: 'closed' })
  })

  it('is degraded while a list lacks rows', async () => {
    await start()
    fault('/mtls/account/le4830275/certificates', { patch: (body) => [...(body as unknown[]), 'no row'] })
    await search()
    const body = await health()
    expect(body.status).toBe('degraded')
    expect(placeOf(body, 'le4830275')).toMatchObject({ status: 'OK', unreadableRows: 1 })
  })

  it('has nothing but the status, the mode and the version for a Host that is not accepted', async () => {
    await start()
    await search()
    expect(await health(null, { host: 'evil.example' })).toEqual({ status: 'ok', mode: 'live', version: '0.0.0' })
    fault('/mtls/', { status: 503 })
    stack.clock.advance(beyondEveryTtl)
    await search()
    expect(await health(null, { host: 'evil.example' })).toEqual({ status: 'degraded', mode: 'live', version: '0.0.0' })
  })

  describe('with access configured', () => {
    const withKeys = { configure: (file: object) => ({ ...file, access: accessForTwoKeys(['certificates:read']) }) }
    const bare = { status: 'ok', mode: 'live', version: '0.0.0' }

    it('has nothing but the status, the mode and the version without a valid key, or under another Host', async () => {
      await start(withKeys)
      await search(everyKey)
      for (const key of [null, 'cg_unknown']) expect(await health(key)).toEqual(bare)
      expect(await health(everyKey, { host: 'evil.example' })).toEqual(bare)
      expect(await health(everyKey)).toMatchObject({ ...bare, access: 'keys', places: expect.any(Array) })
      expect(JSON.stringify(stack.log)).not.toContain('authentication failed')
    })

    it('has the places of a limited key alone, and their status', async () => {
      await start(withKeys)
      await search(everyKey)
      fault('/mtls/account/le4830275/certificates', { status: 503 })
      stack.clock.advance(beyondEveryTtl)
      await search(everyKey)
      expect(await health(everyKey)).toMatchObject({ status: 'degraded' })
      const { places = [], ...rest } = await health(someKey)
      expect(rest).toEqual(bare)
      // The discovery of the account has found its contract.
      expect(new Set(places.map(({ place }) => place))).toEqual(
        new Set(['org_bluequay', 'bluequay', 'K-2CB4PY1', '52710934']),
      )
    })
  })
})
