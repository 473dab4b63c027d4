import { beforeEach, describe, expect, it } from '@jest/globals'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { Semaphore } from '../../../src/upstream/rate-limit/call-queue.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { QueueFullError, RateLimiter } from '../../../src/upstream/rate-limit/rate-limiter.ts'
import { MemoryRateLimitStore, type RateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { quiet } from '../../support/quiet.ts'
import { failureOf } from '../../support/vendor-call.ts'

const source = 'https://vendor.example/limits'
const limits: readonly Limit[] = [
  { resource: 'lists', calls: 3, window: 60_000, source },
  { resource: null, calls: 5, window: 60_000, source },
]

let clock: ManualClock
let budget: RateLimiter
let slots: Semaphore
let start: number
let wallStart: number
/** What was let through, and when. */
let gone: [name: string, at: number][]
/** The turns that were foretold to each. */
let foreseen: Record<string, number[]>

beforeEach(() => {
  clock = createManualClock()
  start = clock.elapsed()
  wallStart = clock.now()
  budget = new RateLimiter(clock, new MemoryRateLimitStore(clock, limits), 10)
  slots = new Semaphore(100)
  gone = []
  foreseen = {}
})

function ask(name: string, { resource = 'lists', signal = new AbortController().signal, of = slots } = {}) {
  foreseen[name] = []
  const onEstimate = (turn: number) => foreseen[name]?.push(turn - start)
  return budget.acquire({ resource, semaphore: of, signal, onEstimate }).then(() => {
    gone.push([name, clock.elapsed() - start])
  })
}

async function pass(milliseconds: number): Promise<void> {
  await quiet()
  clock.advance(milliseconds)
  await quiet()
}

const names = () => gone.map(([name]) => name)

describe('a budget', () => {
  it('lets calls through in the order they came, as many as a window has room for', async () => {
    const asked = ['a', 'b', 'c', 'd', 'e'].map((name) => ask(name))
    await quiet()
    expect(names()).toEqual(['a', 'b', 'c'])
    await pass(60_999)
    expect(names()).toEqual(['a', 'b', 'c'])
    await pass(1)
    await Promise.all(asked)
    expect(gone.slice(3)).toEqual([
      ['d', 61_000],
      ['e', 61_000],
    ])
    expect(clock.pendingSleeps).toBe(0)
  })

  it('lets nobody through whom the ledger has not written down, though the turn comes while it answers', async () => {
    const ledger = new MemoryRateLimitStore(clock, limits)
    const slow: RateLimitStore = {
      windows: (resource) => ledger.windows(resource),
      pause: (resource, until) => ledger.pause(resource, until),
      pausedUntil: (resource) => ledger.pausedUntil(resource),
      async tryAcquire(resource) {
        const turn = ledger.tryAcquire(resource)
        if (turn !== null) clock.advance(turn - clock.elapsed())
        return turn
      },
    }
    budget = new RateLimiter(clock, slow, 10)
    const asked = Promise.all(['a', 'b', 'c', 'd'].map((name) => ask(name)))
    await quiet()
    await pass(0)
    await asked
    expect(gone.at(-1)).toEqual(['d', 61_000])
    expect(ledger.windows('lists')[0]?.times).toEqual([start + 61_000])
  })

  it('foretells each its turn, at once', async () => {
    const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ask(name))
    await quiet()
    expect(['d', 'e', 'f', 'g'].map((name) => foreseen[name]?.at(-1))).toEqual([61_000, 61_000, 61_000, 122_000])
    const late = ask('h')
    expect(foreseen['h']).toEqual([122_000])
    await pass(61_000)
    await pass(61_000)
    await Promise.all([...asked, late])
  })

  it('counts a call for one resource under the limit on all, but keeps nobody waiting for another resource’s turn', async () => {
    const asked = ['a', 'b', 'c', 'd'].map((name) => ask(name))
    await quiet()
    const other = ['x', 'y', 'z'].map((name) => ask(name, { resource: 'others' }))
    await quiet()
    expect(names()).toEqual(['a', 'b', 'c', 'x', 'y'])
    await pass(61_000)
    await Promise.all([...asked, ...other])
  })

  it('says what is left, of the limit that has least, and how many wait', async () => {
    expect(budget.status('lists')).toMatchObject({ limit: { calls: 3 }, remaining: 3, resetAt: null, waiting: 0 })
    await ask('a')
    await pass(1_000)
    await Promise.all([ask('b'), ask('c')])
    const waiting = ask('d')
    await quiet()
    expect(budget.status('lists')).toMatchObject({ remaining: 0, resetAt: wallStart + 61_000, waiting: 1 })
    expect(budget.status('others')).toMatchObject({ limit: { calls: 5 }, remaining: 2 })
    await pass(60_000)
    await waiting
    expect(budget.status('lists')).toMatchObject({ remaining: 0, resetAt: wallStart + 62_000, waiting: 0 })
    await pass(1_000)
    expect(budget.status('lists')).toMatchObject({ remaining: 2 })
  })

  it('has nothing to say where no limit is published', () => {
    expect(new RateLimiter(clock, new MemoryRateLimitStore(clock, []), 10).status('lists')).toBeNull()
  })

  it('tells of the limit that is spent for longer when two are', async () => {
    const both: readonly Limit[] = [
      { resource: null, calls: 1, window: 2_000, source },
      { resource: null, calls: 1, window: 60_000, source },
    ]
    for (const order of [both, both.toReversed()]) {
      budget = new RateLimiter(clock, new MemoryRateLimitStore(clock, order), 10)
      await ask('a')
      expect(budget.status('lists')).toMatchObject({ remaining: 0, resetAt: clock.now() + 61_000 })
    }
  })
})

describe('a slot', () => {
  it('is what an account waits for, and others don’t', async () => {
    const narrow = new Semaphore(1)
    const asked = [ask('a', { of: narrow }), ask('b', { of: narrow }), ask('c')]
    await quiet()
    expect(names()).toEqual(['a', 'c'])
    budget.release(narrow)
    await Promise.all(asked)
    expect(names()).toEqual(['a', 'c', 'b'])
  })

  it('that is not free hides no turn from those who wait for it', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const asked = ask('d')
    await quiet()
    const busy = new Semaphore(1)
    busy.available = 0
    const waiting = ask('e', { of: busy })
    expect(foreseen['e']).toEqual([61_000])
    budget.release(busy)
    await pass(61_000)
    await Promise.all([asked, waiting])
  })

  it('that is not free takes nothing from the budget: a call counts from when it goes', async () => {
    const narrow = new Semaphore(1)
    const asked = [ask('a', { of: narrow }), ask('b', { of: narrow })]
    await pass(60_000)
    budget.release(narrow)
    await Promise.all(asked)
    await pass(60_000)
    expect(budget.status('lists')).toMatchObject({ remaining: 2, resetAt: wallStart + 121_000 })
  })
})

describe('who does not wait any longer', () => {
  it('leaves the turn to the next', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const leaving = new AbortController()
    const left = failureOf(ask('d', { signal: leaving.signal }))
    const next = ask('e')
    await quiet()
    leaving.abort(new Error('enough'))
    expect(await left).toMatchObject({ message: 'enough' })
    await pass(61_000)
    await next
    expect(budget.status('lists')).toMatchObject({ remaining: 2 })
  })

  it('leaves nobody asleep', async () => {
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

describe('patience that a vendor asks for', () => {
  const refusal = (retryAfterSeconds?: number) =>
    new UpstreamError('UPSTREAM_RATE_LIMITED', 'later', {
      httpStatus: 429,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    })

  it.each<[string, UpstreamError, number]>([
    ['for as long as it says', refusal(100), 100_000],
    ['for a second at least', refusal(0), 1_000],
    ['for the longest window when it does not say', refusal(), 61_000],
  ])('empties the budget %s', async (_, error, milliseconds) => {
    budget.pause('lists', error)
    expect(budget.status('lists')).toMatchObject({ remaining: 0, resetAt: wallStart + milliseconds })
    expect(budget.isPaused('lists')).toBe(true)
    const asked = ask('a')
    await pass(milliseconds - 1)
    expect(gone).toEqual([])
    await pass(1)
    await asked
    expect(gone).toEqual([['a', milliseconds]])
    expect(budget.isPaused('lists')).toBe(false)
  })

  it('is heeded by those who wait already, and foretold to them', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const asked = ask('d')
    await quiet()
    budget.pause('lists', refusal(300))
    await quiet()
    expect(foreseen['d']).toEqual([61_000, 300_000])
    await pass(300_000)
    await asked
  })

  it.each([-3_600_000, 3_600_000])('lasts as long when the wall clock is set by %d ms', async (adjustment) => {
    budget.pause('lists', refusal(10))
    clock.adjustWallClock(adjustment)
    const asked = ask('a')
    await pass(9_999)
    expect(names()).toEqual([])
    await pass(1)
    await asked
  })

  it('is no matter of other resources', async () => {
    budget.pause('lists', refusal(300))
    await ask('x', { resource: 'others' })
  })

  it('for longer than a day is a mistake, and heeded for a day', async () => {
    budget.pause('lists', refusal(2 ** 31 - 1))
    const asked = ask('a')
    for (let hour = 0; hour < 24; hour += 1) await pass(3_600_000)
    await asked
    expect(gone).toEqual([['a', 86_400_000]])
  })
})

describe('too many calls of an account', () => {
  it('are sent away at once with their turn, and other accounts’ are not', async () => {
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

  it('can all be refused, and only they', async () => {
    await Promise.all([ask('a'), ask('b'), ask('c')])
    const failing = new Semaphore(5)
    const refused = [failureOf(ask('d', { of: failing })), failureOf(ask('e', { of: failing }))]
    const other = ask('f')
    await quiet()
    const reason = new Error('down')
    budget.rejectAll(failing, reason)
    expect(await Promise.all(refused)).toEqual([reason, reason])
    await pass(61_000)
    await other
  })
})
