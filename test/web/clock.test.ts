import { describe, expect, it } from '@jest/globals'
import { createTime } from '../../web/clock.ts'

const hour = 3_600_000

describe('the time of the page', () => {
  const start = Date.parse('2026-11-29T12:00:00Z')
  let system = start
  let monotonic = 0
  const createStarted = () => {
    system = start
    monotonic = 0
    return createTime(
      () => system,
      () => monotonic,
    )
  }
  const pass = (time: number, bySystem = time) => {
    monotonic += time
    system += bySystem
  }

  it('moves on with both clocks', () => {
    const readTime = createStarted()
    pass(5_000)
    expect(readTime() - start).toBe(5_000)
  })

  it('moves on when the clock of the computer is set back', () => {
    const readTime = createStarted()
    pass(220_000, 220_000 - hour)
    expect(readTime() - start).toBe(220_000)
    pass(5_000)
    expect(readTime() - start).toBe(225_000)
  })

  it('has the time of a sleep in which the monotonic clock was stopped', () => {
    const readTime = createStarted()
    pass(10, hour)
    expect(readTime() - start).toBe(hour)
  })

  it('does not gain time by the rounding of two clocks', () => {
    const readTime = createStarted()
    for (let index = 0; index < 1_000; index += 1) {
      pass(10, index % 2 === 0 ? 11 : 9)
      readTime()
    }
    expect(readTime() - start).toBe(10_000)
  })
})
