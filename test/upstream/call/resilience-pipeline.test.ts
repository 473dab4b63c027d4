import { beforeEach, describe, expect, it } from '@jest/globals'
import { anonymousCaller } from '../../../src/access/caller.ts'
import type { Operation } from '../../../src/operation.ts'
import type { CallContext } from '../../../src/upstream/call/context.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { failureOf } from '../../support/vendor-call.ts'

let clock: ManualClock
let line: ResiliencePipeline
let leaving: AbortController
let operation: Operation

beforeEach(() => {
  clock = createManualClock()
  const upstream = { ...idleUpstream, clock }
  line = new ResiliencePipeline(
    upstream,
    { provider: 'EXAMPLE', brand: 'Example' },
    createRateLimiter(upstream, ['EXAMPLE']),
  )
  leaving = new AbortController()
  operation = {
    requestId: 'r',
    caller: anonymousCaller({ address: 'somewhere' }),
    now: clock.now(),
    deadline: clock.elapsed() + 25_000,
    signal: leaving.signal,
  }
})

const forever = new Promise<never>(() => {})
const tooLate = new UpstreamError('UPSTREAM_RATE_LIMITED', 'not your turn')

/** What one operation alone needs, and the context it is sent on. */
function begin() {
  const errands: CallContext[] = []
  const failure = failureOf(
    line.runForOperation(operation, (context) => {
      errands.push(context)
      return forever
    }),
  )
  return { errands, failure }
}

describe('what one operation alone needs', () => {
  it('is waited for no longer than the operation lasts, and is told when that is over', async () => {
    const { errands, failure } = begin()
    const reason = new DOMException('time is up', 'TimeoutError')
    leaving.abort(reason)
    expect(await failure).toBe(reason)
    expect(errands.map(({ signal }) => signal.aborted)).toEqual([true])
  })

  it('has the time until the deadline', () => {
    const [context] = begin().errands
    expect(context?.remaining()).toBe(25_000)
    clock.advance(4_000)
    expect(context?.remaining()).toBe(21_000)
  })

  it('is not begun for an operation that has ended', async () => {
    leaving.abort()
    const { errands, failure } = begin()
    expect(await failure).toMatchObject({ name: 'AbortError' })
    expect(errands).toEqual([])
  })

  it('waits for its turn until the deadline, and is given up at once when the turn comes later', async () => {
    const { errands, failure } = begin()
    const [context] = errands
    context?.onQueued({ at: operation.deadline, error: () => tooLate })
    context?.onQueued(null)
    expect(context?.signal.aborted).toBe(false)
    context?.onQueued({ at: operation.deadline + 1, error: () => tooLate })
    expect(context?.signal.aborted).toBe(true)
    expect(await failure).toBe(tooLate)
  })
})
