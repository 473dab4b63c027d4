import { setImmediate as nextPoll } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { RefusedAttempts } from '../../src/server/refused-attempts.ts'

describe('attempts that were refused', () => {
  it('succeed in their order, as many as there is room for', async () => {
    let room = 0
    const attempts = new RefusedAttempts(60_000, () => false)
    const order: number[] = []
    const add = (index: number) =>
      attempts
        .add(() => {
          room -= 1
          return room >= 0
        })
        .then(() => order.push(index))
    const all = [0, 1, 2].map(add)
    await nextPoll()
    room = 2
    attempts.tryAgainSoon()
    await nextPoll().then(nextPoll)
    expect(order).toEqual([0, 1])
    room = 1
    attempts.tryAgainSoon()
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2])
    expect(attempts.isEmpty).toBe(true)
  })

  it('are tried again once for all requests of an iteration, and make room once', async () => {
    let tries = 0
    let rooms = 0
    const attempts = new RefusedAttempts(60_000, () => {
      rooms += 1
      return false
    })
    for (let count = 0; count < 10; count += 1) {
      void attempts.add(() => {
        tries += 1
        return false
      })
      attempts.tryAgainSoon()
    }
    await nextPoll()
    expect([tries, rooms]).toEqual([10, 1])
    attempts.endAll()
  })

  it('are proceeding while some succeed and none has waited for long', async () => {
    let room = 0
    const attempts = new RefusedAttempts(60_000, () => false)
    const [first] = [0, 1].map(() =>
      attempts.add(() => {
        room -= 1
        return room >= 0
      }),
    )
    const before = performance.now() - 1_000
    expect(attempts.areProceeding(before)).toBe(false)
    for (const [since, areProceeding] of [
      [before, true],
      [performance.now() + 1_000, false],
    ] as const) {
      room = 1
      void attempts.add(() => false)
      attempts.tryAgainSoon()
      await first
      await nextPoll()
      expect(attempts.areProceeding(since)).toBe(areProceeding)
    }
    expect(attempts.areProceeding(before)).toBe(false)
    attempts.endAll()
  })

  it('succeed when room was made for them', async () => {
    let hasRoom = false
    const attempts = new RefusedAttempts(60_000, () => {
      hasRoom = true
      return true
    })
    expect(await attempts.add(() => hasRoom)).toBe(true)
  })

  it('end without success when they have waited for long enough', async () => {
    const attempts = new RefusedAttempts(0, () => false)
    const isDone = attempts.add(() => false)
    attempts.endLate()
    expect(await isDone).toBe(false)
    expect(attempts.isEmpty).toBe(true)
  })

  it('end without success when no answer waits, unless there is room', async () => {
    const attempts = new RefusedAttempts(60_000, () => false)
    const results = [false, true].map((hasRoom) => attempts.add(() => hasRoom))
    attempts.endAll()
    expect(await Promise.all(results)).toEqual([false, true])
  })
})
