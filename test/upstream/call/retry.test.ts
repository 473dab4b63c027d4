import { beforeEach, describe, expect, it } from '@jest/globals'
import { withRetries } from '../../../src/upstream/call/retry.ts'
import { UpstreamError, type UpstreamErrorDetails } from '../../../src/upstream/error.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { quiet } from '../../support/quiet.ts'
import { failureOf } from '../../support/vendor-call.ts'

let clock: ManualClock
let attempts: number
let remaining: number
let allowed: boolean
let leaving: AbortController

beforeEach(() => {
  clock = createManualClock()
  attempts = 0
  remaining = 60_000
  allowed = true
  leaving = new AbortController()
})

const failing = (details: UpstreamErrorDetails = { httpStatus: 503 }) =>
  new UpstreamError(details.httpStatus === 503 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_INVALID_REQUEST', 'no', details)

/** Fails this many times, then succeeds. */
function start(failures: number, fail: () => Error = failing): Promise<string> {
  const attempt = async () => {
    attempts += 1
    if (attempts <= failures) throw fail()
    return 'done'
  }
  const options = { signal: leaving.signal, remaining: () => remaining }
  return withRetries(attempt, { clock, options, isAllowed: () => allowed })
}

async function pass(milliseconds: number): Promise<void> {
  await quiet()
  clock.advance(milliseconds)
  await quiet()
}

describe('a failed call', () => {
  it('is retried up to three times, with a delay that at most doubles', async () => {
    const done = start(3)
    for (const [index, bound] of [500, 1_000, 2_000].entries()) {
      await quiet()
      expect(attempts).toBe(index + 1)
      await pass(bound)
    }
    expect(await done).toBe('done')
    expect(attempts).toBe(4)
  })

  it('rejects with the last error after three retries', async () => {
    const errors: Error[] = []
    const failure = failureOf(
      start(10, () => {
        const error = failing()
        errors.push(error)
        return error
      }),
    )
    for (let time = 0; time < 5; time += 1) await pass(10_000)
    expect(await failure).toBe(errors[3])
    expect(attempts).toBe(4)
    expect(clock.pendingSleeps).toBe(0)
  })

  it.each([408, 503])('is retried when the vendor answers %d or does not answer', async (httpStatus) => {
    const done = start(1, () => failing({ httpStatus }))
    await pass(500)
    expect(await done).toBe('done')
  })

  it.each<[string, Error]>([
    ['rejected', failing({ httpStatus: 404 })],
    ['rate limited', new UpstreamError('UPSTREAM_RATE_LIMITED', 'later', { httpStatus: 429 })],
    ['timed out', new UpstreamError('UPSTREAM_TIMEOUT', 'late')],
    ['answered with a malformed body', new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', 'what', { httpStatus: 200 })],
    ['broken by a bug', new TypeError('undefined is not a function')],
  ])('is not retried when it was %s', async (_, error) => {
    expect(await failureOf(start(1, () => error))).toBe(error)
    expect(attempts).toBe(1)
  })

  it('is not retried when retries are not allowed', async () => {
    allowed = false
    await failureOf(start(1))
    expect(attempts).toBe(1)
  })

  it('is retried after the time that the vendor asks for', async () => {
    const done = start(1, () => failing({ httpStatus: 503, retryAfterSeconds: 7 }))
    await pass(6_999)
    expect(attempts).toBe(1)
    await pass(1)
    expect(await done).toBe('done')
  })

  it('is not retried when too little time remains', async () => {
    remaining = 7_000
    await failureOf(start(1, () => failing({ httpStatus: 503, retryAfterSeconds: 7 })))
    expect(attempts).toBe(1)
    expect(clock.pendingSleeps).toBe(0)
  })

  it('is not retried after a retry that was not made, because its slot came too late', async () => {
    const error = failing()
    const failure = failureOf(start(10, () => error))
    await pass(500)
    expect(await failure).toBe(error)
    expect(attempts).toBe(2)
    expect(clock.pendingSleeps).toBe(0)
  })

  it('stops waiting when the signal aborts', async () => {
    const failure = failureOf(start(10))
    await quiet()
    const reason = new Error('gone')
    leaving.abort(reason)
    expect(await failure).toBe(reason)
    expect(clock.pendingSleeps).toBe(0)
    expect(attempts).toBe(1)
  })
})
