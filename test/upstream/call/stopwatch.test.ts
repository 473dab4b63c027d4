import { beforeEach, describe, expect, it } from '@jest/globals'
import { Stopwatch } from '../../../src/upstream/call/timeout.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { quiet } from '../../support/quiet.ts'

let clock: ManualClock
let expired: boolean
let stopwatch: Stopwatch

beforeEach(() => {
  clock = createManualClock()
  expired = false
  stopwatch = new Stopwatch(clock, 1_000, () => {
    expired = true
  })
})

async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds)
  await quiet()
}

describe('a stopwatch', () => {
  it('expires when its time is over', async () => {
    await pass(999)
    expect([expired, stopwatch.remaining]).toEqual([false, 1])
    await pass(1)
    expect(expired).toBe(true)
  })

  it('does not count the time it is stopped', async () => {
    await pass(400)
    stopwatch.stop()
    await pass(5_000)
    expect([expired, stopwatch.remaining, clock.pendingSleeps]).toEqual([false, 600, 0])
    stopwatch.start()
    await pass(599)
    expect(expired).toBe(false)
    await pass(1)
    expect(expired).toBe(true)
  })

  it('continues when it is started twice, and stays stopped when it is stopped twice', async () => {
    stopwatch.start()
    await pass(400)
    stopwatch.stop()
    stopwatch.stop()
    await pass(400)
    expect(stopwatch.remaining).toBe(600)
    expect(clock.pendingSleeps).toBe(0)
  })

  it.each([3_600_000, -3_600_000])('is not affected when the wall clock is adjusted by %d ms', async (adjustment) => {
    await pass(400)
    clock.adjustWallClock(adjustment)
    expect(stopwatch.remaining).toBe(600)
    stopwatch.stop()
    await pass(5_000)
    expect([expired, stopwatch.remaining]).toEqual([false, 600])
  })
})
