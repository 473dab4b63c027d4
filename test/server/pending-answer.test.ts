import { setImmediate as iteration } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { PendingAnswer } from '../../src/server/pending-answer.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

let clock: ManualClock
let pending: PendingAnswer
let hasBegun: boolean
beforeEach(() => {
  clock = createManualClock()
  pending = new PendingAnswer(clock, clock.elapsed(), 25_000, () => false)
  hasBegun = false
  void pending.gather().then(() => {
    hasBegun = true
  })
})

describe('a request that comes when the answer has just been made', () => {
  it('is answered like one that comes later', async () => {
    pending.end('alone')
    expect(await new Promise((resolve) => pending.join(resolve))).toBe('next')
  })
})

describe('the first of identical requests', () => {
  it('is executed in the next iteration of the event loop when no other one arrives', async () => {
    await iteration()
    await iteration()
    expect(hasBegun).toBe(true)
  })

  it('waits while others arrive', async () => {
    for (let count = 0; count < 20; count += 1) {
      pending.join(() => {})
      await iteration()
    }
    expect(hasBegun).toBe(false)
    await iteration()
    await iteration()
    expect(hasBegun).toBe(true)
  })

  it('waits for a tenth of a second at most', async () => {
    for (let time = 0; time < 100; time += 25) {
      expect([time, hasBegun]).toEqual([time, false])
      pending.join(() => {})
      clock.advance(25)
      await iteration()
    }
    await iteration()
    expect(hasBegun).toBe(true)
  })
})

describe('an identical request', () => {
  const maxAge = 1_000

  it('waits when its own deadline is at most a tenth of the deadline later or earlier', () => {
    const arrivals = [-2_501, -2_500, 0, 2_500, 2_501]
    expect(arrivals.map((arrivedAt) => pending.isJoinable(arrivedAt, maxAge))).toEqual([false, true, true, true, false])
  })

  it('waits for three quarters of the time that the first one has left', async () => {
    const outcomes: string[] = []
    const join = (each: PendingAnswer) => each.join((outcome) => outcomes.push(String(outcome)))
    join(pending)
    clock.advance(18_749)
    await iteration()
    expect(outcomes).toEqual([])
    clock.advance(1)
    await iteration()
    expect(outcomes).toEqual(['next'])
    const second = new PendingAnswer(clock, 0, 25_000, () => false)
    join(second)
    clock.advance(4_687)
    await iteration()
    expect(outcomes).toEqual(['next'])
    clock.advance(1)
    await iteration()
    expect(outcomes).toEqual(['next', 'next'])
  })

  it('waits to the end when less than a tenth of the deadline is left', async () => {
    clock.advance(22_600)
    const late = new PendingAnswer(clock, 0, 25_000, () => false)
    let outcome: unknown
    late.join((each) => {
      outcome = each
    })
    clock.advance(10_000)
    await iteration()
    expect(outcome).toBeUndefined()
    late.end('alone')
    await iteration()
    expect(outcome).toBe('alone')
  })
})
