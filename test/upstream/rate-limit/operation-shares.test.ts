import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { OperationShares } from '../../../src/upstream/rate-limit/operation-shares.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'

const source = 'https://vendor.example/limits'
const perMinute: Limit = { resource: null, calls: 35, window: 60_000, source }
const burst: Limit = { resource: null, calls: 20, window: 2_000, source }

let clock: ManualClock
beforeEach(() => {
  clock = createManualClock()
})

const sharesOf = (limits: readonly Limit[], replicas = 1) =>
  new OperationShares(
    clock,
    () => limits,
    () => replicas,
  )
/** Reserves calls at once. Returns the seconds until each may be made. */
const reserve = (shares: OperationShares, caller: string | null, count: number) =>
  Array.from({ length: count }, () => (shares.reserve('keys', caller).at - clock.elapsed()) / 1000)

describe('the shares of calls for single operations', () => {
  it('are a quarter of the longest window for a caller, and half of it for all callers together', () => {
    const shares = sharesOf([burst, perMinute])
    expect(reserve(shares, 'a', 9)).toEqual([...Array(8).fill(0), 60])
    expect(reserve(shares, 'b', 9)).toEqual([...Array(8).fill(0), 60])
    expect(reserve(shares, 'c', 2)).toEqual([0, 60])
  })

  it('are half of it for callers who are not identified', () => {
    expect(reserve(sharesOf([perMinute]), null, 35)).toEqual([...Array(17).fill(0), ...Array(17).fill(60), 120])
  })

  it('are a part of the whole limit while a replica keeps to its share of it', () => {
    const shares = sharesOf([perMinute, { ...perMinute, calls: 11 }], 3)
    expect(reserve(shares, null, 6)).toEqual([...Array(5).fill(0), 60])
  })

  it('are at least one call', () => {
    const shares = sharesOf([{ ...perMinute, calls: 1 }])
    expect(reserve(shares, 'a', 2)).toEqual([0, 60])
    expect(reserve(shares, 'b', 1)).toEqual([120])
  })

  it('are divided by the number of replicas', () => {
    expect(reserve(sharesOf([perMinute], 3), 'a', 3)).toEqual([0, 0, 60])
    expect(reserve(sharesOf([perMinute], 3), null, 6)).toEqual([0, 0, 0, 0, 0, 60])
  })

  it('do not exist where the vendor documents no limit', () => {
    expect(reserve(sharesOf([]), 'a', 100)).toEqual(Array(100).fill(0))
  })

  it('say which of them is used up', () => {
    const shares = sharesOf([perMinute])
    reserve(shares, 'a', 8)
    expect(shares.reserve('keys', 'a').usedUp).toEqual({ limit: perMinute, calls: 8, caller: 'a' })
    reserve(shares, null, 9)
    expect(shares.reserve('keys', 'b').usedUp).toEqual({ limit: perMinute, calls: 17, caller: null })
    expect(sharesOf([perMinute]).reserve('keys', 'a').usedUp).toBeNull()
  })

  it('count a call from the time at which it is sent', () => {
    const shares = sharesOf([{ ...perMinute, calls: 4 }])
    const call = shares.reserve('keys', 'a')
    clock.advance(20_000)
    call.send()
    expect(reserve(shares, 'a', 1)).toEqual([60])
  })

  it('do not count a call that was not sent', () => {
    const shares = sharesOf([{ ...perMinute, calls: 4 }])
    shares.reserve('keys', 'a').cancel()
    expect(reserve(shares, 'a', 1)).toEqual([0])
  })

  it('are never exceeded in any window, whenever callers come', () => {
    const shares = sharesOf([perMinute])
    const made: { at: number; caller: string }[] = []
    for (let index = 0; index < 300; index += 1) {
      const caller = `caller ${(index * 7) % 5}`
      made.push({ at: shares.reserve('keys', caller).at, caller })
      clock.advance((index * 977) % 4_000)
    }
    const most = (times: readonly number[]) =>
      Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length))
    expect(most(made.map(({ at }) => at))).toBeLessThanOrEqual(17)
    for (const name of new Set(made.map(({ caller }) => caller)))
      expect(most(made.filter(({ caller }) => caller === name).map(({ at }) => at))).toBeLessThanOrEqual(8)
  })
})
