import { describe, expect, it } from '@jest/globals'
import { Refresh } from '../../../src/upstream/cache/refresh.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { failureOf } from '../../support/vendor-call.ts'

const clock = createManualClock()
/** It never ends. */
const createHanging = () => new Refresh(clock, 0, null, () => new Promise<never>(() => {}))

/** Waits for so long with something older at hand, and then leaves. */
function wait(renewal: Refresh<never>, milliseconds: number) {
  const timeout = new AbortController()
  const failure = failureOf(renewal.wait({ signal: timeout.signal, deadline: clock.elapsed() + milliseconds }, true))
  const leave = () => {
    clock.advance(milliseconds)
    timeout.abort(Object.assign(new Error('late'), { name: 'TimeoutError' }))
  }
  return { failure, leave }
}

const atOnce = <Value>(promise: Promise<Value>) =>
  Promise.race([promise, new Promise((resolve) => setImmediate(resolve, 'still waits'))])

describe('who waits for a reading that hangs, with something older at hand,', () => {
  it('does not wait when another one has spent as much time in vain', async () => {
    const renewal = createHanging()
    const first = wait(renewal, 5_000)
    expect(await atOnce(first.failure)).toBe('still waits')
    first.leave()
    await first.failure
    expect(await atOnce(wait(renewal, 5_000).failure)).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
  })

  it('waits when others only had a little time left for it', async () => {
    const renewal = createHanging()
    const first = wait(renewal, 100)
    first.leave()
    await first.failure
    expect(await atOnce(wait(renewal, 5_000).failure)).toBe('still waits')
  })
})
