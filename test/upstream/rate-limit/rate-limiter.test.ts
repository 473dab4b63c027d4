import { beforeEach, describe, expect, it } from '@jest/globals'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { Semaphore } from '../../../src/upstream/rate-limit/call-queue.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { QueueFullError, RateLimiter } from '../../../src/upstream/rate-limit/rate-limiter.ts'
import { MemoryRateLimitStore, type RateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { defaultSettings } from '../../../src/upstream/settings.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { quiet } from '../../support/quiet.ts'
import { failureOf } from '../../support/vendor-call.ts'

const source = 'https://vendor.example/limits'
const limits: readonly Limit[] = [
  { resource: 'lists', calls: 3, window: 60_000, source },
  { resource: null, calls: 5, window: 60_000, source },
]

let clock: ManualClock
let rateLimiter: RateLimiter
let semaphore: Semaphore
let start: number
let wallStart: number
/** The calls that were let through, with their times. */
let made: [name: string, at: number][]
/** The estimates that each call got. */
let estimates: Record<string, number[]>

beforeEach(() => {
  clock = createManualClock()
  start = clock.elapsed()
  wallStart = clock.now()
  rateLimiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, limits), 10)
  semaphore = new Semaphore(100)
  made = []
  estimates = {}
})

function ask(
  name: string,
  { resource = 'lists', signal = new AbortController().signal, of = semaphore, isProbe = (): boolean => false } = {},
) {
  estimates[name] = []
  const onEstimate = (slot: number) => estimates[name]?.push(slot - start)
  return rateLimiter.acquire({ resource, semaphore: of, signal, isProbe, onEstimate }).then(() => {
    made.push([name, clock.elapsed() - start])
  })
}

async function pass(milliseconds: number): Promise<void> {
  await quiet()
  clock.advance(milliseconds)
  await quiet()
}

const names = () => made.map(([name]) => name)

describe('a rate limiter', () => {
  it('lets calls through in the order they came, as many as a window has room for', async () => {
    const asked = ['a', 'b', 'c', 'd', 'e'].map((name) => ask(name))
    await quiet()
    expect(names()).toEqual(['a', 'b', 'c'])
    await pass(60_999)
    expect(names()).toEqual(['a', 'b', 'c'])
    await pass(1)
    await Promise.all(asked)
    expect(made.slice(3)).toEqual([
      ['d', 61_000],
      ['e', 61_000],
    ])
    expect(clock.pendingSleeps).toBe(0)
  })

  it('lets no call through that the store has not recorded, even if its slot comes meanwhile', async () => {
    const store = new MemoryRateLimitStore(clock, limits)
    const slow: RateLimitStore = {
      limits: (resource) => store.limits(resource),
      windows: (resource) => store.windows(resource),
      probeWindows: (resource) => store.probeWindows(resource),
      clearProbes: (resource) => store.clearProbes(resource),
      changeLimits: (limits) => store.changeLimits(limits),
      pause: (resource, until) => store.pause(resource, until),
      pausedUntil: (resource) => store.pausedUntil(resource),
      resume: (resource) => store.resume(resource),
      clearPauses: () => store.clearPauses(),
      onPausesCleared: (listener) => store.onPausesCleared(listener),
      async tryAcquire(resource) {
        const slot = store.tryAcquire(resource)
        if (slot !== null) clock.advance(slot - clock.elapsed())
        return slot
      },
    }
    rateLimiter = new RateLimiter(clock, slow, 10)
    const asked = Promise.all(['a', 'b', 'c', 'd'].map((name) => ask(name)))
    await quiet()
    await pass(0)
    await asked
    expect(made.at(-1)).toEqual(['d', 61_000])
    expect(store.windows('lists')[0]?.times).toEqual([start + 61_000])
  })

  it('reports the estimated slot of each call at once', async () => {
    const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ask(name))
    await quiet()
    expect(['d', 'e', 'f', 'g'].map((name) => estimates[name]?.at(-1))).toEqual([61_000, 61_000, 61_000, 122_000])
    const late = ask('h')
    expect(estimates['h']).toEqual([122_000])
    await pass(61_000)
    await pass(61_000)
    await Promise.all([...asked, late])
  })

  it('counts a call under the limit on all resources, and delays no call for another resource', async () => {
    const asked = ['a', 'b', 'c', 'd'].map((name) => ask(name))
    await quiet()
    const other = ['x', 'y', 'z'].map((name) => ask(name, { resource: 'others' }))
    await quiet()
    expect(names()).toEqual(['a', 'b', 'c', 'x', 'y'])
    await pass(61_000)
    await Promise.all([...asked, ...other])
  })

  it('reports the limit with the fewest remaining calls, and the number of waiting calls', async () => {
    expect(rateLimiter.status('lists')).toMatchObject({ limit: { calls: 3 }, remaining: 3, resetAt: null, waiting: 0 })
    await ask('a')
    await pass(1_000)
    await Promise.all([ask('b'), ask('c')])
    const waiting = ask('d')
    await quiet()
    expect(rateLimiter.status('lists')).toMatchObject({ remaining: 0, resetAt: wallStart + 61_000, waiting: 1 })
    expect(rateLimiter.status('others')).toMatchObject({ limit: { calls: 5 }, remaining: 2 })
    await pass(60_000)
    await waiting
    expect(rateLimiter.status('lists')).toMatchObject({ remaining: 0, resetAt: wallStart + 62_000, waiting: 0 })
    await pass(1_000)
    expect(rateLimiter.status('lists')).toMatchObject({ remaining: 2 })
  })

  it('has no status when no limit is documented', () => {
    expect(new RateLimiter(clock, new MemoryRateLimitStore(clock, []), 10).status('lists')).toBeNull()
  })

  it('reports the limit with the latest reset when two are reached', async () => {
    const both: readonly Limit[] = [
      { resource: null, calls: 1, window: 2_000, source },
      { resource: null, calls: 1, window: 60_000, source },
    ]
    for (const order of [both, both.toReversed()]) {
      rateLimiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, order), 10)
      await ask('a')
      expect(rateLimiter.status('lists')).toMatchObject({ remaining: 0, resetAt: clock.now() + 61_000 })
    }
  })
})

describe('a semaphore', () => {
  it('delays the calls of its account alone', async () => {
    const narrow = new Semaphore(1)
    const asked = [ask('a', { of: narrow }), ask('b', { of: narrow }), ask('c')]
    await quiet()
    expect(names()).toEqual(['a', 'c'])
    rateLimiter.release(narrow)
    await Promise.all(asked)
    expect(names()).toEqual(['a', 'c', 'b'])
  })

  it('without a permit does not hide the estimates of waiting calls', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const asked = ask('d')
    await quiet()
    const busy = new Semaphore(1)
    busy.available = 0
    const waiting = ask('e', { of: busy })
    expect(estimates['e']).toEqual([61_000])
    rateLimiter.release(busy)
    await pass(61_000)
    await Promise.all([asked, waiting])
  })

  it('without a permit delays a call before it is recorded', async () => {
    const narrow = new Semaphore(1)
    const asked = [ask('a', { of: narrow }), ask('b', { of: narrow })]
    await pass(60_000)
    rateLimiter.release(narrow)
    await Promise.all(asked)
    await pass(60_000)
    expect(rateLimiter.status('lists')).toMatchObject({ remaining: 2, resetAt: wallStart + 121_000 })
  })
})

describe('an aborted call', () => {
  it('leaves its slot to the next call', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const leaving = new AbortController()
    const left = failureOf(ask('d', { signal: leaving.signal }))
    const next = ask('e')
    await quiet()
    leaving.abort(new Error('enough'))
    expect(await left).toMatchObject({ message: 'enough' })
    await pass(61_000)
    await next
    expect(rateLimiter.status('lists')).toMatchObject({ remaining: 2 })
  })

  it('leaves no timer behind', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const leaving = new AbortController()
    const left = failureOf(ask('d', { signal: leaving.signal }))
    await quiet()
    expect(clock.pendingSleeps).toBe(1)
    leaving.abort()
    await left
    await quiet()
    expect(clock.pendingSleeps).toBe(0)
    await pass(61_000)
    await ask('e')
  })
})

describe('a pause that a vendor asks for', () => {
  const tooManyRequests = (retryAfterSeconds?: number) =>
    new UpstreamError('UPSTREAM_RATE_LIMITED', 'later', {
      httpStatus: 429,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    })

  it.each<[string, UpstreamError, number]>([
    ['for as long as the vendor asks', tooManyRequests(100), 100_000],
    ['for at least a second', tooManyRequests(0), 1_000],
    ['for the longest window without Retry-After', tooManyRequests(), 61_000],
  ])('stops the calls %s', async (_, error, milliseconds) => {
    rateLimiter.pause('lists', error)
    expect(rateLimiter.status('lists')).toMatchObject({ remaining: 0, resetAt: wallStart + milliseconds })
    expect(rateLimiter.isPaused('lists')).toBe(true)
    const asked = ask('a')
    await pass(milliseconds - 1)
    expect(made).toEqual([])
    await pass(1)
    await asked
    expect(made).toEqual([['a', milliseconds]])
    expect(rateLimiter.isPaused('lists')).toBe(false)
  })

  it('applies to waiting calls, which get a new estimate', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const asked = ask('d')
    await quiet()
    rateLimiter.pause('lists', tooManyRequests(300))
    await quiet()
    expect(estimates['d']).toEqual([61_000, 300_000])
    await pass(300_000)
    await asked
  })

  it.each([-3_600_000, 3_600_000])('lasts as long when the wall clock is set by %d ms', async (adjustment) => {
    rateLimiter.pause('lists', tooManyRequests(10))
    clock.adjustWallClock(adjustment)
    const asked = ask('a')
    await pass(9_999)
    expect(names()).toEqual([])
    await pass(1)
    await asked
  })

  it('does not affect other resources', async () => {
    rateLimiter.pause('lists', tooManyRequests(300))
    await ask('x', { resource: 'others' })
  })

  it('lasts at most fifteen minutes', async () => {
    rateLimiter.pause('lists', tooManyRequests(2 ** 31 - 1))
    const asked = ask('a')
    await pass(899_999)
    expect(made).toEqual([])
    await pass(1)
    await asked
    expect(made).toEqual([['a', 900_000]])
  })

  it('is followed by one call, and by the others when it is answered', async () => {
    rateLimiter.pause('lists', tooManyRequests(86_400))
    const asked = ['a', 'b', 'c'].map((name) => ask(name))
    await pass(900_000)
    expect(names()).toEqual(['a'])
    expect(estimates['b']).toEqual([900_000])
    rateLimiter.pause('lists', tooManyRequests(86_400))
    await pass(899_999)
    expect(names()).toEqual(['a'])
    await pass(1)
    expect(names()).toEqual(['a', 'b'])
    rateLimiter.resume('lists')
    await Promise.all(asked)
    expect(made).toEqual([
      ['a', 900_000],
      ['b', 1_800_000],
      ['c', 1_800_000],
    ])
  })

  it('is followed by another single call when the first one is not answered', async () => {
    rateLimiter.pause('lists', tooManyRequests(10))
    const asked = ['a', 'b', 'c'].map((name) => ask(name))
    await pass(10_000)
    await pass(14_999)
    expect(names()).toEqual(['a'])
    await pass(1)
    expect(names()).toEqual(['a', 'b'])
    await pass(15_000)
    await Promise.all(asked)
  })

  it('is not ended by the answer to a call that was made before it', async () => {
    rateLimiter.pause('lists', tooManyRequests(10))
    rateLimiter.resume('lists')
    const asked = ask('a')
    await pass(9_999)
    expect(made).toEqual([])
    await pass(1)
    await asked
  })

  it('can be cleared', async () => {
    const store = new MemoryRateLimitStore(clock, limits)
    rateLimiter = new RateLimiter(clock, store, 10)
    rateLimiter.pause('lists', tooManyRequests(300))
    rateLimiter.pause('others', tooManyRequests(1))
    const asked = ['a', 'b'].map((name) => ask(name))
    await pass(1_000)
    expect(store.clearPauses()).toEqual({ own: 1, shared: 0 })
    await Promise.all(asked)
    expect(names()).toEqual(['a', 'b'])
    expect(store.clearPauses()).toEqual({ own: 0, shared: 0 })
  })
})

describe('too many waiting calls of an account', () => {
  it('fail at once with their slot, without effect on other accounts', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const asked = Array.from({ length: 10 }, (_, index) => ask(`${index}`))
    await quiet()
    const refused = await failureOf(ask('one too many'))
    expect(refused).toBeInstanceOf(QueueFullError)
    expect((refused as QueueFullError).nextSlotAt - start).toBe(4 * 61_000)
    const other = ask('another account’s', { of: new Semaphore(1) })
    for (let window = 0; window < 5; window += 1) await pass(61_000)
    await Promise.all([...asked, other])
  })

  it('can be rejected together, without effect on other accounts', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const failing = new Semaphore(5)
    const refused = [failureOf(ask('d', { of: failing })), failureOf(ask('e', { of: failing }))]
    const other = ask('f')
    await quiet()
    const reason = new Error('down')
    rateLimiter.rejectAll(failing, reason)
    expect(await Promise.all(refused)).toEqual([reason, reason])
    await pass(61_000)
    await other
  })
})

describe('the probes of an account that fails', () => {
  const wide: readonly Limit[] = [{ resource: 'lists', calls: 8, window: 60_000, source }]
  let isFailing: boolean
  const isProbe = () => isFailing

  beforeEach(() => {
    rateLimiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, wide), 10)
    isFailing = true
  })

  it('get a quarter of the limit', async () => {
    const asked = ['a', 'b', 'c', 'd', 'e'].map((name) => ask(name, { isProbe }))
    await quiet()
    expect(names()).toEqual(['a', 'b'])
    expect(['c', 'd', 'e'].map((name) => estimates[name]?.at(-1))).toEqual([61_000, 61_000, 122_000])
    await pass(61_000)
    expect(names()).toEqual(['a', 'b', 'c', 'd'])
    await pass(61_000)
    await Promise.all(asked)
  })

  it('get one call per window of a limit below four', async () => {
    rateLimiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, limits), 10)
    const asked = [ask('a', { isProbe }), ask('b', { isProbe })]
    await quiet()
    expect(names()).toEqual(['a'])
    await pass(61_000)
    await Promise.all(asked)
  })

  it('end with a success: all waiting calls get the rest of the limit', async () => {
    const asked = ['a', 'b', 'c', 'd', 'e'].map((name) => ask(name, { isProbe }))
    await pass(10_000)
    isFailing = false
    rateLimiter.endProbing('lists')
    await Promise.all(asked)
    expect(made.slice(2).map(([, at]) => at)).toEqual([10_000, 10_000, 10_000])
  })

  it('are counted anew when calls fail again after a success', async () => {
    await Promise.all([ask('a', { isProbe }), ask('b', { isProbe })])
    rateLimiter.endProbing('lists')
    const asked = ['c', 'd', 'e'].map((name) => ask(name, { isProbe }))
    await quiet()
    expect(names()).toEqual(['a', 'b', 'c', 'd'])
    await pass(61_000)
    await Promise.all(asked)
  })

  it('delay no other account', async () => {
    const asked = ['a', 'b', 'c'].map((name) => ask(name, { isProbe, of: new Semaphore(1) }))
    const others = ['x', 'y', 'z'].map((name) => ask(name))
    await Promise.all(others)
    expect(names()).toEqual(['a', 'b', 'x', 'y', 'z'])
    await pass(61_000)
    await Promise.all(asked)
  })
})

describe('other limits', () => {
  const limit = (calls: number, window = 60_000) => ({ resource: 'certificates', calls, window, source: 'test' })

  it('count the calls that were made, and let waiting calls through for which there is room now', async () => {
    const clock = createManualClock()
    const limiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, [limit(2)]), 10)
    const semaphore = new Semaphore(10)
    const made: number[] = []
    const ask = (index: number) =>
      limiter
        .acquire({
          resource: 'certificates',
          semaphore,
          signal: new AbortController().signal,
          isProbe: () => false,
          onEstimate() {},
        })
        .then(() => made.push(index))
    void ask(1)
    void ask(2)
    void ask(3)
    void ask(4)
    await new Promise(setImmediate)
    expect(made).toEqual([1, 2])
    expect(limiter.status('certificates')).toMatchObject({ remaining: 0, waiting: 2 })
    limiter.applySettings({ ...defaultSettings, limits: [limit(3)] })
    await new Promise(setImmediate)
    expect(made).toEqual([1, 2, 3])
    expect(limiter.status('certificates')).toMatchObject({ limit: { calls: 3 }, remaining: 0, waiting: 1 })
    limiter.applySettings({ ...defaultSettings, limits: [limit(1)] })
    await new Promise(setImmediate)
    expect(made).toEqual([1, 2, 3])
  })

  it('of another window count no earlier calls', () => {
    const clock = createManualClock()
    const store = new MemoryRateLimitStore(clock, [limit(1)])
    expect(store.tryAcquire('certificates')).toBeNull()
    expect(store.tryAcquire('certificates')).not.toBeNull()
    store.changeLimits([limit(1, 30_000)])
    expect(store.tryAcquire('certificates')).toBeNull()
  })
})
