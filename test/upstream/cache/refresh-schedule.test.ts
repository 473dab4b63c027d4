import { describe, expect, it } from '@jest/globals'
import { RefreshSchedule } from '../../../src/upstream/cache/refresh-schedule.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { RateLimiter } from '../../../src/upstream/rate-limit/rate-limiter.ts'
import { MemoryRateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const source = 'https://vendor.example/limits'
const limits: readonly Limit[] = [
  { resource: 'lists', calls: 8, window: 60_000, source },
  { resource: null, calls: 20, window: 2_000, source },
]
const minute = 60_000
/** A minute as it is kept. */
const kept = 61_000

function sweepOf(
  places: number,
  settings: object = {},
  { of = limits, count = 1, clock = createManualClock() } = {},
): RefreshSchedule {
  const budget = new RateLimiter(clock, new MemoryRateLimitStore(clock, of), 10)
  const upstream = {
    ...idleUpstream,
    clock,
    settings: { ...idleUpstream.settings, ttl: minute, ...settings },
    replicas: { ...idleUpstream.replicas, count },
  }
  const sweep = new RefreshSchedule(upstream, budget, 'lists')
  for (let place = 0; place < places; place += 1) sweep.ttl(`${place}`)
  return sweep
}

describe('a sweep', () => {
  it.each([
    [1, minute],
    [8, minute],
    [9, 1.5 * kept],
    [100, 1.5 * 12 * kept],
  ])(
    'over %d places has a reading serve for %d ms: the ttl, or one and a half times as long as it takes',
    (places, ttl) => {
      expect(sweepOf(places).ttl('0')).toBe(ttl)
    },
  )

  it('takes longer when it is read ahead of need, with half of the budget', () => {
    expect(sweepOf(100, { prefetch: true }).ttl('0')).toBe(1.5 * 25 * kept)
  })

  it('takes as long as its steps do, also where no limit is published', () => {
    expect(sweepOf(404, { prefetch: true }, { of: [] }).ttl('0')).toBe(1.5 * 404 * 250)
  })

  it('knows its places for some windows also where a reading serves for no time', () => {
    expect(sweepOf(12, { ttl: 0 }).ttl('0')).toBe(1.5 * kept)
  })

  it('forgets a place that nobody has asked for in three times the ttl', () => {
    const clock = createManualClock()
    const sweep = sweepOf(100, {}, { clock })
    const longest = 1.5 * 12 * kept
    clock.advance(3 * longest - 1)
    expect(sweep.ttl('0')).toBe(longest)
    clock.advance(1)
    expect(sweep.ttl('0')).toBe(minute)
  })

  it('leaves a longer ttl as it is', () => {
    expect(sweepOf(100, { ttl: 3_600_000 }).ttl('0')).toBe(3_600_000)
  })

  it('counts a place once', () => {
    const sweep = sweepOf(8)
    for (let time = 0; time < 10; time += 1) expect(sweep.ttl('0')).toBe(minute)
  })

  it('spreads its readings over the window of the strictest limit', () => {
    expect(sweepOf(2).interval).toBe(kept / 4)
    expect(sweepOf(2, {}, { of: [] }).interval).toBe(250)
  })

  it('is made by several replicas together: each takes its part of the steps', () => {
    const [alone, together] = [sweepOf(12, { prefetch: true }), sweepOf(12, { prefetch: true }, { count: 3 })]
    expect(together.interval).toBe(3 * alone.interval)
    expect(together.refreshAge).toBe(alone.refreshAge)
    expect(together.ttl('0')).toBe(alone.ttl('0'))
  })

  it.each([2, 12, 100])(
    'over %d places renews a reading early enough that it serves until its turn comes again',
    (places) => {
      const sweep = sweepOf(places, { prefetch: true, ttl: 5 * minute })
      expect(sweep.refreshAge).toBeGreaterThan(0)
      expect(sweep.refreshAge + places * sweep.interval).toBeLessThanOrEqual(sweep.ttl('0'))
    },
  )

  it('takes no time where no limit is published', () => {
    expect(sweepOf(1_000, {}, { of: [] }).ttl('0')).toBe(minute)
  })
})
