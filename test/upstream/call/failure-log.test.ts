import { beforeEach, describe, expect, it } from '@jest/globals'
import { FailureLog } from '../../../src/upstream/call/failure-log.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { createTestLog } from '../../support/test-log.ts'

let clock: ManualClock
let failures: FailureLog
let lines: readonly Record<string, unknown>[]

beforeEach(() => {
  clock = createManualClock()
  const testLog = createTestLog()
  lines = testLog.lines
  failures = new FailureLog(testLog.log, clock, { provider: 'EXAMPLE', brand: 'Example' })
})

const answered = (httpStatus: number) =>
  new UpstreamError('UPSTREAM_UNAVAILABLE', `Example answered ${httpStatus}`, { httpStatus })
const messages = () => lines.map(({ msg }) => msg)

describe('a failure log', () => {
  it('has one line for each reason, whichever calls fail', () => {
    for (const what of ['a', 'b', 'a', 'b']) failures.add('lists', what, answered(503))
    expect(lines).toMatchObject([{ level: 40, provider: 'EXAMPLE', code: 'UPSTREAM_UNAVAILABLE', httpStatus: 503 }])
    failures.add('lists', 'a', answered(500))
    failures.add('lists', 'a', answered(500))
    failures.add('details', 'x', answered(500))
    expect(messages()).toEqual(['Example answered 503', 'Example answered 500', 'Example answered 500'])
  })

  it('names a cause that has a name', () => {
    const causes = [
      new Error('hush'),
      new SyntaxError('hush'),
      Object.assign(new Error('hush'), { code: 'ECONNRESET' }),
    ]
    for (const [index, cause] of causes.entries()) {
      const error = new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', 'Example is malformed', {}, cause)
      failures.add(`resource ${index}`, 'a', error)
    }
    expect(lines.map((line) => line['cause'])).toEqual([undefined, 'SyntaxError', 'ECONNRESET'])
    expect(JSON.stringify(lines)).not.toContain('hush')
  })

  it('has a line when the last failing call for a resource succeeds, and then the reason is new again', () => {
    for (const what of ['a', 'b']) failures.add('lists', what, answered(503))
    failures.remove('lists', 'a')
    failures.remove('lists', 'c')
    expect(lines).toHaveLength(1)
    failures.remove('lists', 'b')
    failures.remove('lists', 'b')
    expect(lines.slice(1)).toMatchObject([{ level: 30, msg: 'calls to Example for lists succeed again' }])
    failures.add('lists', 'a', answered(503))
    expect(lines).toHaveLength(3)
  })

  it('forgets a call that was not made again for ten minutes', () => {
    failures.add('lists', 'a', answered(503))
    clock.advance(599_999)
    failures.add('lists', 'b', answered(503))
    clock.advance(599_999)
    failures.add('lists', 'c', answered(503))
    expect(lines).toHaveLength(1)
    clock.advance(600_000)
    failures.add('lists', 'a', answered(503))
    expect(lines).toHaveLength(2)
  })

  it('reports our own rate limit once as information, and not its end', () => {
    const limited = new UpstreamError('UPSTREAM_RATE_LIMITED', 'Example rate limit reached')
    for (const what of ['a', 'b']) failures.add('lists', what, limited)
    for (const what of ['a', 'b']) failures.remove('lists', what)
    expect(lines).toMatchObject([{ level: 30, code: 'UPSTREAM_RATE_LIMITED', msg: 'Example rate limit reached' }])
  })
})
