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

function refusalOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('it was let through')
}

const open = (retryAfterSeconds: number) => ({ code: 'UPSTREAM_CIRCUIT_OPEN', details: { retryAfterSeconds } })

describe('a circuit', () => {
  it.each(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_MALFORMED_RESPONSE'] as const)(
    'opens after five readings in a row that failed with %s, and says why and for how long',
    (code) => {
      fail(4, failing(code))
      breaker.acquire()
      fail(1, failing(code))
      expect(refusalOf(() => breaker.acquire())).toMatchObject({
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

  it('counts failures in a row: one success starts anew', () => {
    fail(4)
    breaker.acquire().end()
    fail(4)
    breaker.acquire()
    expect(opened).toEqual([])
  })

  it('counts nothing that came to no end at the vendor', () => {
    fail(4)
    fail(10, new DOMException('gone', 'AbortError'))
    fail(10, failing('UPSTREAM_RATE_LIMITED'))
    fail(10, failing('UPSTREAM_CIRCUIT_OPEN'))
    breaker.acquire()
    fail(1)
    expect(opened).toHaveLength(1)
  })

  it('is calm until something fails, and again when something succeeds', () => {
    expect(breaker.isHealthy).toBe(true)
    fail(1)
    expect(breaker.isHealthy).toBe(false)
    breaker.acquire().end()
    expect(breaker.isHealthy).toBe(true)
  })

  it('that opens stops those on their way before their next call', () => {
    const pendingWork = breaker.acquire()
    pendingWork.check()
    fail(5)
    expect(refusalOf(() => pendingWork.check())).toMatchObject(open(30))
  })
})

describe('an open circuit', () => {
  beforeEach(() => fail(5))

  it('lets one through after thirty seconds, to the millisecond, and nobody beside it', () => {
    clock.advance(29_999)
    expect(refusalOf(() => breaker.acquire())).toMatchObject(open(1))
    clock.advance(1)
    const probe = breaker.acquire()
    probe.check()
    expect(refusalOf(() => breaker.acquire())).toMatchObject({ code: 'UPSTREAM_CIRCUIT_OPEN' })
  })

  it('closes when that one succeeds, and tells so once', () => {
    clock.advance(30_000)
    breaker.acquire().end()
    breaker.acquire().end()
    expect(closed).toBe(1)
    fail(4)
    breaker.acquire()
  })

  it('closes when the vendor refuses that one', () => {
    clock.advance(30_000)
    breaker.acquire().end(failing('UPSTREAM_UNAUTHENTICATED'))
    breaker.acquire()
    expect(breaker.isHealthy).toBe(true)
  })

  it('closes when that one is asked for patience: the vendor is up', () => {
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
    expect(refusalOf(() => breaker.acquire())).toMatchObject(open(1))
    clock.advance(1)
    breaker.acquire().end()
    breaker.acquire()
  })

  it('doubles its pause each time that one fails, up to five minutes, and begins with thirty seconds again later', () => {
    for (const pause of [30, 60, 120, 240, 300, 300]) {
      clock.advance(pause * 1_000 - 1)
      expect(refusalOf(() => breaker.acquire())).toMatchObject(open(1))
      clock.advance(1)
      breaker.acquire().end(failing())
    }
    clock.advance(300_000)
    breaker.acquire().end()
    fail(5)
    expect(refusalOf(() => breaker.acquire())).toMatchObject(open(30))
  })

  it('stops what is no reading too, which is never the one that probes', () => {
    const { permit } = breaker
    expect(refusalOf(() => permit.check())).toMatchObject(open(30))
    clock.advance(30_000)
    expect(refusalOf(() => breaker.permit.check())).toMatchObject({ code: 'UPSTREAM_CIRCUIT_OPEN' })
    breaker.acquire().end()
    permit.check()
  })

  it('lets another one through when the first came to no end', () => {
    clock.advance(30_000)
    breaker.acquire().end(new DOMException('gone', 'AbortError'))
    breaker.acquire().end()
    breaker.acquire()
  })
})
