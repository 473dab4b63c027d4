import { describe, expect, it } from '@jest/globals'
import {
  allowsRetries,
  countedCalls,
  estimateSlots,
  type Limit,
  limitsFor,
  paddedWindow,
  toProbeLimit,
} from '../../../src/upstream/rate-limit/limit.ts'
import { MemoryRateLimitStore } from '../../../src/upstream/rate-limit/store.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const limit = (calls: number, window: number, resource: string | null = null): Limit => ({
  resource,
  calls,
  window,
  source: 'https://vendor.example/limits',
})

describe('a window', () => {
  it.each([
    [60_000, 61_000],
    [2_000, 2_250],
    [1_000, 1_250],
  ])('of %d ms is padded to %d ms', (window, kept) => {
    expect(paddedWindow(limit(1, window))).toBe(kept)
  })
})

describe('the estimated slots', () => {
  const minute = limit(3, 60_000)

  it('are now while there is room, then when earlier calls leave the window', () => {
    expect(estimateSlots([{ limit: minute, times: [] }], 1_000, 7)).toEqual([
      1_000, 1_000, 1_000, 62_000, 62_000, 62_000, 123_000,
    ])
  })

  it('follow a sliding window, which allows no second burst at an edge', () => {
    expect(estimateSlots([{ limit: minute, times: [0, 50_000, 59_000] }], 60_000, 3)).toEqual([
      61_000, 111_000, 120_000,
    ])
  })

  it('are those of the strictest of several limits', () => {
    const windows = [
      { limit: minute, times: [] },
      { limit: limit(1, 2_000), times: [] },
    ]
    expect(estimateSlots(windows, 0, 5)).toEqual([0, 2_250, 4_500, 61_000, 63_250])
  })

  it('never come before the end of a pause', () => {
    expect(estimateSlots([{ limit: minute, times: [0] }], 30_000, 3)).toEqual([30_000, 30_000, 61_000])
  })

  it('are now when there is no limit', () => {
    expect(estimateSlots([], 5, 3)).toEqual([5, 5, 5])
  })

  it('looks at no call that waits when no limit is documented', () => {
    const isProbe = () => {
      throw new Error('a call was looked at')
    }
    expect(estimateSlots([], 5, 3, { windows: [], isProbe })).toEqual([5, 5, 5])
  })

  it('do not change the windows', () => {
    const times = [0]
    estimateSlots([{ limit: minute, times }], 0, 5)
    expect(times).toEqual([0])
  })
})

describe('a limit', () => {
  it.each([
    [1, 1],
    [3, 1],
    [8, 2],
    [35, 8],
  ])('of %d calls leaves %d for probes', (calls, probes) => {
    expect(toProbeLimit(limit(calls, 60_000)).calls).toBe(probes)
  })

  it.each([
    [8, 60_000, false],
    [19, 60_000, false],
    [20, 60_000, true],
    [10, 1_000, true],
    [1, 3_000, true],
    [1, 3_001, false],
  ])('of %d calls per %d ms has room for retries in place: %s', (calls, window, has) => {
    expect(allowsRetries(limit(calls, window))).toBe(has)
  })
})

describe('a call', () => {
  it('counts until its window is over, to the millisecond', () => {
    const log = { limit: limit(3, 60_000), times: [0, 1, 2] }
    expect(countedCalls(log, 61_000)).toEqual([1, 2])
    expect(countedCalls(log, 60_999)).toEqual([0, 1, 2])
  })

  it.each([-3_600_000, 3_600_000])('counts as long when the wall clock is set by %d ms', (adjustment) => {
    const clock = createManualClock()
    const store = new MemoryRateLimitStore(clock, [limit(1, 60_000)])
    expect(store.tryAcquire('lists')).toBeNull()
    clock.adjustWallClock(adjustment)
    clock.advance(60_999)
    expect(store.tryAcquire('lists')).toBe(61_000)
    clock.advance(1)
    expect(store.tryAcquire('lists')).toBeNull()
  })

  it('counts under the limits on its resource and under those on all resources', () => {
    const limits = [limit(1, 1, 'lists'), limit(2, 1), limit(3, 1, 'others')]
    expect(limitsFor(limits, 'lists').map(({ calls }) => calls)).toEqual([1, 2])
    expect(limitsFor(limits, 'anything').map(({ calls }) => calls)).toEqual([2])
  })
})
