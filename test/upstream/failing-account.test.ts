import { afterEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../src/sandbox/call.ts'
import type { Effect } from '../../src/sandbox/fault.ts'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

interface Answer {
  certificates: {
    complete: boolean
    fresh: boolean
    sources: {
      status: string
      kind: string
      asOf: string | null
      place: { contractId?: string }
      error: { code: string; message: string; httpStatus: number | null; retryAfterSeconds: number | null } | null
    }[]
  }
}

const query = `{ certificates(filter: { providers: [AKAMAI] }) { complete fresh sources {
  status kind asOf place { ... on AkamaiContract { contractId } } error { code message httpStatus retryAfterSeconds }
} } }`
const insisting = query.replace('filter:', 'maxStaleness: "PT0S", filter:')

const window = 60_000
const limit = 8

interface Outage {
  readonly name: string
  readonly effect: Effect
  readonly code: string
  readonly httpStatus: number | null
}

const down: Effect = { status: 503 }
const outages: readonly Outage[] = [
  { name: 'answers 503', effect: down, code: 'UPSTREAM_UNAVAILABLE', httpStatus: 503 },
  { name: 'breaks the connection', effect: 'reset', code: 'UPSTREAM_UNAVAILABLE', httpStatus: null },
  { name: 'hangs', effect: 'hang', code: 'UPSTREAM_TIMEOUT', httpStatus: null },
  {
    name: 'answers with a malformed body',
    effect: { status: 200, body: 'not JSON' },
    code: 'UPSTREAM_MALFORMED_RESPONSE',
    httpStatus: 200,
  },
  { name: 'rejects the credential', effect: { status: 401 }, code: 'UPSTREAM_UNAUTHENTICATED', httpStatus: 401 },
]

/** The times of the listings that arrived at Akamai. */
let times: number[]
const listed = new WeakSet<Call>()
let strikes: Effect | null
let struck: (contract: string) => boolean
/** Whether other calls than listings fail too. */
let strikesAll: boolean

/** Starts with the real limits of Akamai, and no fault yet. */
async function start(contracts: number, upstream: object = {}): Promise<void> {
  stack = await startStack({
    scale: { akamai: { contractsPerAccount: contracts, enrollmentsPerContract: 2 } },
    configure: ({ akamai }) => ({ akamai, upstream }),
  })
  times = []
  strikes = null
  struck = () => true
  strikesAll = false
  for (const { effect } of outages)
    stack.akamai.emulator.fault({
      match(call) {
        const isListing = call.path === '/cps/v2/active-certificates'
        if (isListing && !listed.has(call)) times.push(stack.clock.now())
        listed.add(call)
        return effect === strikes && (isListing ? struck(call.query.get('contractId') ?? '') : strikesAll)
      },
      effect,
    })
}

async function ask(text = query): Promise<Answer['certificates']> {
  const { data } = await whileTimePasses(stack.clock, stack.ask<Answer>(text), 60_000)
  return data.certificates
}

const listings = ({ sources }: Answer['certificates']) => sources.filter(({ kind }) => kind === 'CERTIFICATES')
const codes = (answer: Answer['certificates']) => listings(answer).flatMap(({ error }) => error?.code ?? [])

/** The largest number of listings within any window, of those that were made after this time. */
function mostWithinWindow(after: number): number {
  const later = times.filter((at) => at > after)
  return Math.max(0, ...later.map((from) => later.filter((at) => at >= from && at < from + window).length))
}

/** Asks every few seconds for some time, and passes each answer on. */
async function poll(
  milliseconds: number,
  interval: number,
  seen: (answer: Answer['certificates']) => void,
  text = query,
) {
  const until = stack.clock.now() + milliseconds
  while (stack.clock.now() < until) {
    const askedAt = stack.clock.now()
    seen(await ask(text))
    await passTime(stack, Math.max(0, askedAt + interval - stack.clock.now()))
  }
}

describe.each(outages)('while Akamai $name for every listing', ({ effect, code, httpStatus }) => {
  it.each([2, 12])('the sources of %d contracts report that, and never the rate limit', async (contracts) => {
    await start(contracts)
    await ask()
    await passTime(stack, 120_000)
    await ask()
    strikes = effect
    const answers: Answer['certificates'][] = []
    await poll(180_000, 10_000, (answer) => answers.push(answer), insisting)
    for (const { status, error } of answers.slice(3).flatMap(listings)) {
      expect(status).toBe('STALE')
      expect([code, 'UPSTREAM_CIRCUIT_OPEN']).toContain(error?.code)
      expect(error?.httpStatus).toBe(httpStatus)
    }
    expect(new Set(answers.flatMap(codes))).not.toContain('UPSTREAM_RATE_LIMITED')
  })

  it('at most a quarter of its limit is spent after the first failures', async () => {
    await start(12)
    strikes = effect
    await ask()
    const firstAt = stack.clock.now()
    await poll(200_000, 5_000, () => {}, insisting)
    expect(times.length).toBeGreaterThan(limit)
    expect(mostWithinWindow(firstAt)).toBeLessThanOrEqual(limit / 4)
  })

  it('the log has one line for the reason, and one for its end', async () => {
    await start(12)
    strikes = effect
    await poll(180_000, 10_000, () => {})
    const account = stack.file.akamai.accounts[0]?.id
    const lines = () => stack.log.filter((line) => line['code'] === code)
    expect(lines()).toMatchObject([
      { level: 40, provider: 'AKAMAI', account, ...(httpStatus !== null && { httpStatus }) },
    ])
    strikes = null
    await poll(300_000, 10_000, () => {})
    expect(lines()).toHaveLength(1)
    const end = 'calls to Akamai for active certificates succeed again'
    expect(stack.log.filter(({ msg }) => msg === end)).toMatchObject([{ provider: 'AKAMAI', account }])
    expect(stack.log.filter((line) => line['code'] === 'UPSTREAM_CIRCUIT_OPEN').length).toBeLessThanOrEqual(1)
  })

  it('everything is fresh in time after almost four minutes', async () => {
    await start(12, { ttl: '1m', staleWhileRevalidate: '0s' })
    await expectRecovery(12, effect, 220_000)
  })
})

/** Lets every call fail for some time. Then everything must be read again within as many windows as it takes and one more. */
async function expectRecovery(contracts: number, effect: Effect, outage: number): Promise<void> {
  await poll(130_000, 10_000, () => {})
  strikes = effect
  strikesAll = true
  await poll(outage, 10_000, () => {}, insisting)
  strikes = null
  const endedAt = stack.clock.now()
  await poll((Math.ceil(contracts / limit) + 1) * window - 10_000, 10_000, () => {})
  const { complete, sources } = await ask()
  expect(complete).toBe(true)
  for (const { kind, asOf } of sources)
    if (kind === 'CERTIFICATES') expect(Date.parse(asOf ?? '')).toBeGreaterThanOrEqual(endedAt)
}

describe('after an outage of Akamai', () => {
  it.each([
    [1, 20_000],
    [8, 30_000],
    [8, 220_000],
    [12, 45_000],
    [12, 600_000],
    [20, 130_000],
  ])('everything is fresh in time: %d contracts, %d ms', async (contracts, outage) => {
    await start(contracts, { ttl: '1m', staleWhileRevalidate: '0s' })
    await expectRecovery(contracts, down, outage)
  })

  it('everything is fresh in time with prefetching too', async () => {
    await start(8, { ttl: '1m', prefetch: true, staleWhileRevalidate: '0s' })
    await expectRecovery(8, down, 120_000)
  })
})

describe('prefetching', () => {
  it('spends at most a quarter of the limit on a vendor that fails', async () => {
    await start(12, { prefetch: true })
    await passTime(stack, 200_000, 2_500)
    strikes = down
    await passTime(stack, 60_000, 2_500)
    const firstAt = stack.clock.now()
    await poll(300_000, 20_000, () => {})
    expect(times.filter((at) => at > firstAt).length).toBeGreaterThan(0)
    expect(mostWithinWindow(firstAt)).toBeLessThanOrEqual(limit / 4)
  })
})

describe('while Akamai fails for some contracts', () => {
  const failing = ['C-0S1', 'C-0S4', 'C-0S5', 'C-0S7']

  it('their sources report the failure and the others are fresh', async () => {
    await start(12, { ttl: '1m', staleWhileRevalidate: '0s' })
    await poll(130_000, 10_000, () => {})
    strikes = down
    struck = (contract) => failing.includes(contract)
    const answers: Answer['certificates'][] = []
    await poll(300_000, 10_000, (answer) => answers.push(answer))
    for (const answer of answers.slice(15))
      for (const { place, error } of listings(answer))
        if (failing.includes(place.contractId ?? ''))
          expect(error).toMatchObject({
            code: expect.stringMatching(/^UPSTREAM_(UNAVAILABLE|CIRCUIT_OPEN)$/),
            httpStatus: 503,
          })
    const last = new Set(
      answers
        .slice(-12)
        .flatMap(({ sources }) => sources.filter(({ status }) => status === 'OK'))
        .map(({ place }) => place.contractId),
    )
    for (const index of [0, 2, 3, 6, 8, 9, 10, 11]) expect(last).toContain(`C-0S${index}`)
    strikes = null
    await poll(170_000, 10_000, () => {})
    expect(await ask()).toMatchObject({ complete: true, fresh: true })
  })

  it('a 429 is reported as such', async () => {
    await start(2, { ttl: '1m', staleWhileRevalidate: '0s' })
    await ask()
    await passTime(stack, 120_000)
    const headers = { 'retry-after': '40' }
    stack.akamai.emulator.fault({ match: ({ path }) => path.startsWith('/cps/'), effect: { status: 429, headers } })
    const answer = await ask()
    for (const { error } of listings(answer))
      expect(error).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', httpStatus: 429, retryAfterSeconds: 40 })
  })
})

describe('a call to Akamai for a list', () => {
  it('is not retried in place, and the next attempt is announced', async () => {
    await start(1, { ttl: '1m', staleWhileRevalidate: '0s' })
    await ask()
    await passTime(stack, 120_000)
    strikes = down
    const before = times.length
    expect(listings(await ask())[0]).toMatchObject({ status: 'STALE', error: { code: 'UPSTREAM_UNAVAILABLE' } })
    expect(times.length - before).toBe(1)
    for (let time = 0; time < 2; time += 1) {
      await passTime(stack, 11_000)
      await ask(insisting)
    }
    expect(times.length - before).toBe(3)
    await passTime(stack, 11_000)
    const [source] = listings(await ask(insisting))
    // The first probe leaves its window 61 seconds after it was made.
    expect(source?.error).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('Akamai answered 503 for the active certificates of C-0S0'),
      httpStatus: 503,
      retryAfterSeconds: 39,
    })
  })

  it('names no other contract when it has to wait for a vendor that fails', async () => {
    await start(12)
    strikes = down
    await ask()
    await passTime(stack, 5_000)
    const [source] = listings(await ask()).slice(-1)
    expect(source?.error?.message).not.toMatch(/C-0S\d/)
  })
})

describe('the first query of an outage', () => {
  it.each([1, 2, 3, 8])('reports it for every contract, with a limit of %d listings', async (count) => {
    await start(count + 2, { akamai: { budget: count } })
    strikes = down
    const answer = await ask()
    expect(codes(answer)).not.toContain('UPSTREAM_RATE_LIMITED')
    for (const { error } of listings(answer)) expect(error?.httpStatus).toBe(503)
  })
})

describe('while Akamai rejects every listing', () => {
  it.each([403, 404, 400])('the sources of all contracts report the status %d', async (status) => {
    stack = await startStack({
      scale: { akamai: { contractsPerAccount: 12, enrollmentsPerContract: 2 } },
      configure: ({ akamai }) => ({ akamai }),
    })
    stack.akamai.emulator.fault({ match: ({ path }) => path === '/cps/v2/active-certificates', effect: { status } })
    for (const { error } of listings(await ask())) expect(error?.httpStatus).toBe(status)
  })
})

describe('while LivePerson answers 503', () => {
  const everywhere = query.replace('AKAMAI', 'LIVEPERSON')

  it('the sources of all accounts report that, and are fresh soon after the first pause', async () => {
    stack = await startStack({
      scale: { liveperson: { accounts: 12, certificatesPerAccount: 2 } },
      configure: ({ liveperson }) => ({ liveperson, upstream: { ttl: '1s', staleWhileRevalidate: '0s' } }),
    })
    await ask(everywhere)
    await passTime(stack, 5_000)
    const end = stack.liveperson.emulator.fault({ match: ({ path }) => path.startsWith('/mtls/'), effect: down })
    const answers: Answer['certificates'][] = []
    await poll(60_000, 5_000, (answer) => answers.push(answer), everywhere)
    for (const { status, error } of answers.flatMap(listings)) {
      expect(status).toBe('STALE')
      expect(error?.code).toMatch(/^UPSTREAM_(UNAVAILABLE|CIRCUIT_OPEN)$/)
      expect(error?.httpStatus).toBe(503)
    }
    end()
    await poll(35_000, 5_000, () => {}, everywhere)
    expect(await ask(everywhere)).toMatchObject({ complete: true, fresh: true })
  })
})
