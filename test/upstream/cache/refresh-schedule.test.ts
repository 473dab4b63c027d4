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
/** A minute with its padding. */
const padded = 61_000

function createSchedule(
  places: number,
  settings: object = {},
  { of = limits, count = 1, clock = createManualClock() } = {},
): RefreshSchedule {
  const rateLimiter = new RateLimiter(clock, new MemoryRateLimitStore(clock, of), 10)
  const upstream = {
    ...idleUpstream,
    clock,
    settings: { ...idleUpstream.settings, ttl: minute, ...settings },
    replicas: { ...idleUpstream.replicas, count },
  }
  const schedule = new RefreshSchedule(upstream, rateLimiter, 'lists')
  for (let place = 0; place < places; place += 1) schedule.ttl(`${place}`)
  return schedule
}

describe('a refresh schedule', () => {
  it.each([
    [1, minute],
    [8, minute],
    [9, 1.5 * padded],
    [100, 1.5 * 12 * padded],
  ])(
    'with %d places has a ttl of %d ms: the configured one, or one and a half times what reading all places takes',
    (places, ttl) => {
      expect(createSchedule(places).ttl('0')).toBe(ttl)
    },
  )

  it('has a longer ttl with prefetch, which uses half of the rate limit', () => {
    expect(createSchedule(100, { prefetch: true }).ttl('0')).toBe(1.5 * 25 * padded)
  })

  it('has a ttl that fits its intervals when no limit is documented', () => {
    expect(createSchedule(404, { prefetch: true }, { of: [] }).ttl('0')).toBe(1.5 * 404 * 250)
  })

  it('counts a place for some windows when the ttl is 0', () => {
    expect(createSchedule(12, { ttl: 0 }).ttl('0')).toBe(1.5 * padded)
  })

  it('does not count a place that was not read for three ttls', () => {
    const clock = createManualClock()
    const schedule = createSchedule(100, {}, { clock })
    const longest = 1.5 * 12 * padded
    clock.advance(3 * longest - 1)
    expect(schedule.ttl('0')).toBe(longest)
    clock.advance(1)
    expect(schedule.ttl('0')).toBe(minute)
  })

  it('does not shorten a longer ttl', () => {
    expect(createSchedule(100, { ttl: 3_600_000 }).ttl('0')).toBe(3_600_000)
  })

  it('counts a place once', () => {
    const schedule = createSchedule(8)
    for (let time = 0; time < 10; time += 1) expect(schedule.ttl('0')).toBe(minute)
  })

  it('spreads its readings over the window of the strictest limit', () => {
    expect(createSchedule(2).interval).toBe(padded / 4)
    expect(createSchedule(2, {}, { of: [] }).interval).toBe(250)
  })

  it('is shared by the replicas, which take turns', () => {
    const [alone, together] = [
      createSchedule(12, { prefetch: true }),
      createSchedule(12, { prefetch: true }, { count: 3 }),
    ]
    expect(together.interval).toBe(3 * alone.interval)
    expect(together.refreshAge).toBe(alone.refreshAge)
    expect(together.ttl('0')).toBe(alone.ttl('0'))
  })

  it.each([2, 12, 100])(
    'with %d places refreshes a reading early enough to stay fresh until the next round',
    (places) => {
      const schedule = createSchedule(places, { prefetch: true, ttl: 5 * minute })
      expect(schedule.refreshAge).toBeGreaterThan(0)
      expect(schedule.refreshAge + places * schedule.interval).toBeLessThanOrEqual(schedule.ttl('0'))
    },
  )

  it('does not lengthen the ttl when no limit is documented', () => {
    expect(createSchedule(1_000, {}, { of: [] }).ttl('0')).toBe(minute)
  })
})
