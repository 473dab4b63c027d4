import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { createClock, createTime, startClock } from '../../web/clock.ts'
import { createSession, noteAnswer } from '../../web/session.ts'

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

describe('the clock of the page', () => {
  afterEach(() => {
    jest.useRealTimers()
    for (const name of ['document', 'addEventListener']) Reflect.deleteProperty(globalThis, name)
  })

  it('has the time of the server as soon as an answer has it', () => {
    jest.useFakeTimers()
    Object.assign(globalThis, { document: new EventTarget(), addEventListener: () => undefined })
    const session = createSession()
    const clock = createClock()
    const stop = startClock(clock, session)
    const now = clock.get()
    const date = new Date(Math.floor(now / 1_000) * 1_000 - 600_000)
    noteAnswer(session, new Response(null, { headers: { date: date.toUTCString() } }), now, now)
    expect(Math.abs(clock.get() - date.getTime())).toBeLessThan(2_000)
    expect(session.get().clockSkew).toBe(date.getTime() - now)
    stop()
  })

  it('measures the clock of the computer apart from the time of the page', () => {
    const session = createSession()
    const date = new Date('2026-11-29T12:00:00Z')
    noteAnswer(session, new Response(null, { headers: { date: date.toUTCString() } }), date.getTime() + hour, +date)
    expect(session.get()).toMatchObject({ clockOffset: -hour, clockSkew: 0 })
  })
})
