import { beforeEach, describe, expect, it } from '@jest/globals'
import { CircuitBreaker } from '../../../src/upstream/call/circuit-breaker.ts'
import { UpstreamError, type UpstreamErrorCode } from '../../../src/upstream/error.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'

let clock: ManualClock
let breaker: CircuitBreaker
let opened: UpstreamError[]
let closed: number

beforeEach(() => {
  clock = createManualClock()
  opened = []
  closed = 0
  breaker = new CircuitBreaker(clock, 'Example', {
    opened: (reason) => opened.push(reason),
    closed: () => {
      closed += 1
    },
  })
})

const failing = (code: UpstreamErrorCode = 'UPSTREAM_UNAVAILABLE') => new UpstreamError(code, 'Example answered 500')

function fail(times: number, error: unknown = failing()): void {
  for (let time = 0; time < times; time += 1) breaker.acquire().end(error)
}

function errorOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('it was let through')
}

const open = (retryAfterSeconds: number) => ({ code: 'UPSTREAM_CIRCUIT_OPEN', details: { retryAfterSeconds } })

describe('a circuit breaker', () => {
  it.each(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_MALFORMED_RESPONSE'] as const)(
    'opens after five readings in a row that failed with %s',
    (code) => {
      fail(4, failing(code))
      breaker.acquire()
      fail(1, failing(code))
      expect(errorOf(() => breaker.acquire())).toMatchObject({
        ...open(30),
        message: `Example failed 5 times in a row, the last time with ${code}; calls are paused`,
        cause: failing(code),
      })
      expect(opened).toEqual([expect.objectContaining(open(30))])
    },
  )

  it.each([
    'UPSTREAM_UNAUTHENTICATED',
    'UPSTREAM_FORBIDDEN',
    'UPSTREAM_NOT_FOUND',
    'UPSTREAM_INVALID_REQUEST',
  ] as const)('stays closed however often the vendor refuses with %s: it is up', (code) => {
    fail(4)
    fail(20, failing(code))
    fail(4)
    breaker.acquire()
    expect(opened).toEqual([])
  })

  it('counts failures in a row: one success resets the count', () => {
    fail(4)
    breaker.acquire().end()
    fail(4)
    breaker.acquire()
    expect(opened).toEqual([])
  })

  it('does not count readings that did not reach the vendor', () => {
    fail(4)
    fail(10, new DOMException('gone', 'AbortError'))
    fail(10, failing('UPSTREAM_RATE_LIMITED'))
    fail(10, failing('UPSTREAM_CIRCUIT_OPEN'))
    breaker.acquire()
    fail(1)
    expect(opened).toHaveLength(1)
  })

  it('is healthy until a reading fails, and again when one succeeds', () => {
    expect(breaker.isHealthy).toBe(true)
    fail(1)
    expect(breaker.isHealthy).toBe(false)
    breaker.acquire().end()
    expect(breaker.isHealthy).toBe(true)
  })

  it('stops pending readings before their next call when it opens', () => {
    const permit = breaker.acquire()
    permit.check()
    fail(5)
    expect(errorOf(() => permit.check())).toMatchObject(open(30))
  })
})

describe('an open circuit breaker', () => {
  beforeEach(() => fail(5))

  it('lets one reading through as a probe after thirty seconds, to the millisecond', () => {
    clock.advance(29_999)
    expect(errorOf(() => breaker.acquire())).toMatchObject(open(1))
    clock.advance(1)
    const probe = breaker.acquire()
    probe.check()
    expect(errorOf(() => breaker.acquire())).toMatchObject({ code: 'UPSTREAM_CIRCUIT_OPEN' })
  })

  it('closes when the probe succeeds, and reports it once', () => {
    clock.advance(30_000)
    breaker.acquire().end()
    breaker.acquire().end()
    expect(closed).toBe(1)
    fail(4)
    breaker.acquire()
  })

  it('closes when the vendor rejects the probe', () => {
    clock.advance(30_000)
    breaker.acquire().end(failing('UPSTREAM_UNAUTHENTICATED'))
    breaker.acquire()
    expect(breaker.isHealthy).toBe(true)
  })

  it('closes when the vendor answers the probe with 429', () => {
    clock.advance(30_000)
    const probe = breaker.acquire()
    probe.recordResponse()
    breaker.acquire()
    probe.end(failing('UPSTREAM_RATE_LIMITED'))
    expect(closed).toBe(1)
  })

  it.each([-3_600_000, 3_600_000])('stays open as long when the wall clock is set by %d ms', (adjustment) => {
    clock.adjustWallClock(adjustment)
    clock.advance(29_999)
    expect(errorOf(() => breaker.acquire())).toMatchObject(open(1))
    clock.advance(1)
    breaker.acquire().end()
    breaker.acquire()
  })

  it('doubles its pause after each failed probe, up to five minutes, until it closes', () => {
    for (const pause of [30, 60, 120, 240, 300, 300]) {
      clock.advance(pause * 1_000 - 1)
      expect(errorOf(() => breaker.acquire())).toMatchObject(open(1))
      clock.advance(1)
      breaker.acquire().end(failing())
    }
    clock.advance(300_000)
    breaker.acquire().end()
    fail(5)
    expect(errorOf(() => breaker.acquire())).toMatchObject(open(30))
  })

  it.each([
    ['a minute where the longest window is a minute', 61_000, [30_000, 60_000, 61_000, 61_000]],
    ['its first pause where the windows are shorter', 1_250, [30_000, 30_000, 30_000]],
    ['five minutes where the windows are longer', 3_600_000, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]],
  ])('pauses for at most %s', (_, longestWindow, pauses) => {
    breaker = new CircuitBreaker(clock, 'Example', { opened: () => {}, closed: () => {} }, longestWindow)
    fail(5)
    for (const pause of pauses) {
      clock.advance(pause - 1)
      expect(errorOf(() => breaker.acquire())).toMatchObject({ code: 'UPSTREAM_CIRCUIT_OPEN' })
      clock.advance(1)
      breaker.acquire().end(failing())
    }
  })

  it('reports the status of the last failure, and the slot that a waiting probe has', () => {
    clock.advance(30_000)
    breaker.acquire().end(new UpstreamError('UPSTREAM_UNAVAILABLE', 'Example answered 503', { httpStatus: 503 }))
    clock.advance(60_000)
    const probe = breaker.acquire()
    probe.slotAt = clock.elapsed() + 12_000
    expect(errorOf(() => breaker.acquire())).toMatchObject({ details: { httpStatus: 503, retryAfterSeconds: 12 } })
  })

  it('stops calls outside a reading too, which are never the probe', () => {
    const { permit } = breaker
    expect(errorOf(() => permit.check())).toMatchObject(open(30))
    clock.advance(30_000)
    expect(errorOf(() => breaker.permit.check())).toMatchObject({ code: 'UPSTREAM_CIRCUIT_OPEN' })
    breaker.acquire().end()
    permit.check()
  })

  it('lets another probe through when the first did not reach the vendor', () => {
    clock.advance(30_000)
    breaker.acquire().end(new DOMException('gone', 'AbortError'))
    breaker.acquire().end()
    breaker.acquire()
  })
})
