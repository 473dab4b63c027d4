import { beforeEach, describe, expect, it } from '@jest/globals'
import { anybody } from '../../src/access/caller.ts'
import type { Errand } from '../../src/upstream/errand.ts'
import { UpstreamError } from '../../src/upstream/error.ts'
import { createBudget, Line } from '../../src/upstream/line.ts'
import type { Operation } from '../../src/upstream/operation.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'
import { idleUpstream } from '../providers/idle-upstream.ts'
import { failureOf } from './caller.ts'

let clock: ManualClock
let line: Line
let leaving: AbortController
let operation: Operation

beforeEach(() => {
  clock = createManualClock()
  const upstream = { ...idleUpstream, clock }
  line = new Line(upstream, { provider: 'EXAMPLE', brand: 'Example' }, createBudget(upstream, ['EXAMPLE']))
  leaving = new AbortController()
  operation = {
    requestId: 'r',
    caller: anybody({ address: 'somewhere' }),
    now: clock.now(),
    deadline: clock.now() + 25_000,
    signal: leaving.signal,
  }
})

const forever = new Promise<never>(() => {})
const tooLate = new UpstreamError('UPSTREAM_RATE_LIMITED', 'not your turn')

/** What one operation alone needs, and the errand it is sent on. */
function begin() {
  const errands: Errand[] = []
  const failure = failureOf(
    line.runWithin(operation, (errand) => {
      errands.push(errand)
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
    const [errand] = begin().errands
    expect(errand?.remaining()).toBe(25_000)
    clock.advance(4_000)
    expect(errand?.remaining()).toBe(21_000)
  })

  it('is not begun for an operation that has ended', async () => {
    leaving.abort()
    const { errands, failure } = begin()
    expect(await failure).toMatchObject({ name: 'AbortError' })
    expect(errands).toEqual([])
  })

  it('waits for its turn until the deadline, and is given up at once when the turn comes later', async () => {
    const { errands, failure } = begin()
    const [errand] = errands
    errand?.waits({ at: operation.deadline, error: () => tooLate })
    errand?.waits(null)
    expect(errand?.signal.aborted).toBe(false)
    errand?.waits({ at: operation.deadline + 1, error: () => tooLate })
    expect(errand?.signal.aborted).toBe(true)
    expect(await failure).toBe(tooLate)
  })
})
