import { describe, expect, it } from '@jest/globals'
import { Refresh } from '../../../src/upstream/cache/refresh.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { failureOf } from '../../support/vendor-call.ts'

const clock = createManualClock()
/** A refresh that never ends. */
const createHanging = () => new Refresh({ clock, startedAfter: 0, change: null }, () => new Promise<never>(() => {}))

/** Waits for so long with a fallback, and then ends. */
function wait(refresh: Refresh<never>, milliseconds: number) {
  const timeout = new AbortController()
  const failure = failureOf(refresh.wait({ signal: timeout.signal, deadline: clock.elapsed() + milliseconds }, true))
  const leave = () => {
    clock.advance(milliseconds)
    timeout.abort(Object.assign(new Error('late'), { name: 'TimeoutError' }))
  }
  return { failure, leave }
}

const atOnce = <Value>(promise: Promise<Value>) =>
  Promise.race([promise, new Promise((resolve) => setImmediate(resolve, 'still waits'))])

describe('an operation with a fallback', () => {
  it('does not wait for a reading when another operation has waited as long without a result', async () => {
    const refresh = createHanging()
    const first = wait(refresh, 5_000)
    expect(await atOnce(first.failure)).toBe('still waits')
    first.leave()
    await first.failure
    expect(await atOnce(wait(refresh, 5_000).failure)).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
  })

  it('waits when other operations had much less time', async () => {
    const refresh = createHanging()
    const first = wait(refresh, 100)
    first.leave()
    await first.failure
    expect(await atOnce(wait(refresh, 5_000).failure)).toBe('still waits')
  })
})
