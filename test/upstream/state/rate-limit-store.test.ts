import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { MemoryStateStore } from '../../../src/state/memory-state-store.ts'
import type { StateWriter } from '../../../src/state/state-store.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { StateRateLimitStore } from '../../../src/upstream/state/rate-limit-store.ts'
import { KeptState } from '../../support/kept-state.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/until.ts'

const minute = 60_000
const padding = 1_000
const limits: readonly Limit[] = [
  { resource: 'lists', calls: 3, window: minute, source: 'https://example.com' },
  { resource: null, calls: 5, window: minute, source: 'https://example.com' },
]

let clock: ManualClock
let state: KeptState

beforeEach(() => {
  clock = createManualClock()
  state = new KeptState()
})

/** The store of a process that starts now. */
const start = (account = 'acme') =>
  new StateRateLimitStore(clock, state, { parts: [account], secret: 'hush-hush' }, limits)

/** Makes as many calls as the store allows at the moment. */
async function makeCalls(store: StateRateLimitStore, resource = 'lists'): Promise<number> {
  for (let calls = 0; ; calls += 1) if ((await store.tryAcquire(resource)) !== null) return calls
}

describe('The rate limit of a process that is restarted', () => {
  it('counts the calls of the processes before it', async () => {
    expect(await makeCalls(start())).toBe(3)
    for (let restarts = 0; restarts < 5; restarts += 1) {
      clock.advance(10_000)
      expect(await makeCalls(start())).toBe(0)
    }
    clock.advance(10_000 + padding)
    expect(await makeCalls(start())).toBe(3)
  })

  it('knows the next slot at the start', async () => {
    const calledAt = clock.elapsed()
    await makeCalls(start())
    clock.advance(10_000)
    expect(await start().tryAcquire('lists')).toBe(calledAt + minute + padding)
    expect(
      start()
        .windows('lists')
        .map(({ times }) => times.length),
    ).toEqual([3, 3])
  })

  it('counts calls for all resources together where a limit does', async () => {
    await makeCalls(start())
    expect(await makeCalls(start(), 'details')).toBe(2)
  })

  it('does not count the calls of another account', async () => {
    await makeCalls(start())
    expect(await makeCalls(start('other'))).toBe(3)
  })

  it('counts each call once that several processes make with one state', async () => {
    const processes = [start(), start(), start()]
    const made = await Promise.all(processes.map((store) => makeCalls(store)))
    expect(made.reduce((sum, calls) => sum + calls, 0)).toBe(3)
    expect(await makeCalls(start(), 'details')).toBe(2)
  })

  it('counts calls from before the clock was set back as calls at the start, once', async () => {
    await makeCalls(start())
    clock.adjustWallClock(-60 * minute)
    expect(await makeCalls(start())).toBe(0)
    clock.advance(minute / 2)
    expect(await makeCalls(start())).toBe(0)
    clock.advance(minute / 2 + padding)
    expect(await makeCalls(start())).toBe(3)
  })

  it('keeps a pause that the vendor asked for', async () => {
    start().pause('lists', clock.elapsed() + 5 * minute)
    clock.advance(minute)
    const next = start()
    expect(next.pausedUntil('lists')).toBe(clock.elapsed() + 4 * minute)
    expect(await next.tryAcquire('lists')).toBe(clock.elapsed() + 4 * minute)
  })

  it.each([
    ['was cleared', (store: StateRateLimitStore) => store.clearPauses()],
    [
      'has ended with an answered call',
      async (store: StateRateLimitStore) => {
        clock.advance(5 * minute)
        await store.tryAcquire('lists')
        expect(store.resume('lists')).toBe(true)
      },
    ],
  ])('keeps no pause that %s', async (_how, end) => {
    const store = start()
    store.pause('lists', clock.elapsed() + 5 * minute)
    await end(store)
    expect(start().pausedUntil('lists')).toBe(Number.NEGATIVE_INFINITY)
  })

  it('has no pause after it was cleared while a call was acquired', async () => {
    const slow = new SlowState()
    const store = new StateRateLimitStore(clock, slow, { parts: ['acme'], secret: 'hush-hush' }, limits)
    store.pause('lists', clock.elapsed() + 5 * minute)
    const acquired = store.tryAcquire('details')
    await until(() => slow.begun === 2)
    await Promise.all([acquired, store.clearPauses()])
    expect(await acquired).toBeNull()
    expect(await store.tryAcquire('lists')).toBeNull()
  })

  it('keeps no pause longer than the longest one, whatever the clock says', async () => {
    start().pause('lists', clock.elapsed() + 10 * minute)
    clock.adjustWallClock(-24 * 60 * minute)
    expect(start().pausedUntil('lists')).toBe(clock.elapsed() + 15 * minute)
  })

  it('keeps no credential', async () => {
    await makeCalls(start('a-client-token'))
    const text = JSON.stringify([...state.range([])])
    for (const secret of ['a-client-token', 'hush-hush']) expect(text).not.toContain(secret)
    expect(text).toContain('lists')
  })

  it('without a state that is kept, answers at once', () => {
    const store = new StateRateLimitStore(clock, new MemoryStateStore(), { parts: [], secret: 'x' }, limits)
    expect(store.tryAcquire('lists')).toBeNull()
  })
})

/** A state whose transactions take a while. */
class SlowState extends KeptState {
  begun = 0

  override async transaction<Result>(run: (writer: StateWriter) => Result): Promise<Result> {
    this.begun += 1
    await sleep(10)
    return super.transaction(run)
  }
}
