import { setImmediate as iteration } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { PendingAnswer } from '../../src/server/pending-answer.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

let clock: ManualClock
let pending: PendingAnswer
let hasBegun: boolean
beforeEach(() => {
  clock = createManualClock()
  pending = new PendingAnswer(clock, 25_000, () => false)
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
