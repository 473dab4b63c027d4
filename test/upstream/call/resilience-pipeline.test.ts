import { beforeEach, describe, expect, it } from '@jest/globals'
import { anonymousCaller } from '../../../src/access/caller.ts'
import type { Operation } from '../../../src/operation.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import type { CallContext } from '../../../src/upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { failureOf } from '../../support/vendor-call.ts'

let clock: ManualClock
let pipeline: ResiliencePipeline
let leaving: AbortController
let operation: Operation

beforeEach(() => {
  clock = createManualClock()
  const upstream = { ...idleUpstream, clock }
  pipeline = new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
  )
  leaving = new AbortController()
  operation = {
    requestId: 'r',
    caller: anonymousCaller({ address: 'somewhere' }),
    now: clock.now(),
    deadline: clock.elapsed() + 25_000,
    signal: leaving.signal,
    timeSlice: endlessTimeSlice,
  }
})

const forever = new Promise<never>(() => {})
const tooLate = new UpstreamError('UPSTREAM_RATE_LIMITED', 'the slot comes too late')

/** Runs a call for one operation. Returns its promise and the context it got. */
function begin() {
  const contexts: CallContext[] = []
  const failure = failureOf(
    pipeline.runForOperation(operation, (context) => {
      contexts.push(context)
      return forever
    }),
  )
  return { contexts, failure }
}

describe('a call for one operation', () => {
  it('ends with the operation', async () => {
    const { contexts, failure } = begin()
    const reason = new DOMException('time is up', 'TimeoutError')
    leaving.abort(reason)
    expect(await failure).toBe(reason)
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true])
  })

  it('may take until the deadline', () => {
    const [context] = begin().contexts
    expect(context?.remaining()).toBe(25_000)
    clock.advance(4_000)
    expect(context?.remaining()).toBe(21_000)
  })

  it('is not made for an operation that has ended', async () => {
    leaving.abort()
    const { contexts, failure } = begin()
    expect(await failure).toMatchObject({ name: 'AbortError' })
    expect(contexts).toEqual([])
  })

  it('waits for a slot until the deadline, and fails at once when the slot comes later', async () => {
    const { contexts, failure } = begin()
    const [context] = contexts
    context?.onQueued({ at: operation.deadline, error: () => tooLate })
    context?.onQueued(null)
    expect(context?.signal.aborted).toBe(false)
    context?.onQueued({ at: operation.deadline + 1, error: () => tooLate })
    expect(context?.signal.aborted).toBe(true)
    expect(await failure).toBe(tooLate)
  })
})

describe('the state of an account', () => {
  const down = new UpstreamError('UPSTREAM_UNAVAILABLE', 'Example answered 503', { httpStatus: 503 })
  const read = (work: () => Promise<string>) =>
    pipeline.runReading({ signal: leaving.signal, remaining: () => 60_000, onQueued: () => {} }, work)
  const fail = () => failureOf(read(() => Promise.reject(down)))

  it('has an open circuit from the fifth failed reading until a probe succeeds', async () => {
    for (let time = 0; time < 4; time += 1) await fail()
    expect(pipeline.circuitOpen).toBe(false)
    await fail()
    expect(pipeline.circuitOpen).toBe(true)
    clock.advance(30_000)
    expect(pipeline.circuitOpen).toBe(true)
    await read(async () => 'rows')
    expect(pipeline.circuitOpen).toBe(false)
  })

  it('has the status of the tightest limit, and none where no limit is documented', () => {
    const limits = [
      { resource: 'lists', calls: 3, window: 60_000, source: 'a test' },
      { resource: null, calls: 5, window: 60_000, source: 'a test' },
    ]
    const upstream = { ...idleUpstream, clock, settings: { ...idleUpstream.settings, limits } }
    const names = { provider: 'EXAMPLE', brand: 'Example' }
    const limited = new ResiliencePipeline(
      upstream,
      names,
      createRateLimiter(upstream, { parts: ['EXAMPLE'], secret: 'hush-hush' }),
    )
    expect(limited.rateLimitStatus('lists')).toMatchObject({ limit: { calls: 3 }, remaining: 3, waiting: 0 })
    expect(pipeline.rateLimitStatus('lists')).toBeNull()
  })
})
