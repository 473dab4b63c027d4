import { getEventListeners } from 'node:events'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { untilAborted, withTimeout } from '../../../src/upstream/call/timeout.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { failureOf } from '../../support/vendor-call.ts'

let clock: ManualClock

beforeEach(() => {
  clock = createManualClock()
})

const forever = () => new Promise<never>(() => {})
const expired = () => new Error('too late')
const limit = (signal?: AbortSignal) => ({ clock, milliseconds: 100, expired, ...(signal && { signal }) })

describe('work with a timeout', () => {
  it('returns its value and leaves no timer behind', async () => {
    expect(await withTimeout(limit(), async () => 'done')).toBe('done')
    expect(clock.pendingSleeps).toBe(0)
  })

  it('rejects with its own error, also when it throws at once', async () => {
    const reason = new Error('no')
    expect(await failureOf(withTimeout(limit(), () => Promise.reject(reason)))).toBe(reason)
    const throwing = () => {
      throw reason
    }
    expect(await failureOf(withTimeout(limit(), throwing))).toBe(reason)
    expect(clock.pendingSleeps).toBe(0)
  })

  it('is abandoned when the time is up, even if it ignores its signal', async () => {
    let fail: (reason: Error) => void = () => {}
    let aborted: AbortSignal | undefined
    const work = (signal: AbortSignal) => {
      aborted = signal
      return new Promise<never>((_, reject) => {
        fail = reject
      })
    }
    const failure = failureOf(withTimeout(limit(), work))
    clock.advance(100)
    expect(await failure).toEqual(new Error('too late'))
    expect(aborted?.reason).toEqual(new Error('too late'))
    fail(new Error('unheard'))
  })

  it('rejects with the reason of the outer signal', async () => {
    const outer = new AbortController()
    const failure = failureOf(withTimeout(limit(outer.signal), forever))
    outer.abort('gone')
    expect(await failure).toBe('gone')
    expect(clock.pendingSleeps).toBe(0)
  })

  it('rejects at once when the outer signal has aborted before', async () => {
    expect(await failureOf(withTimeout(limit(AbortSignal.abort('gone')), forever))).toBe('gone')
    expect(clock.pendingSleeps).toBe(0)
  })

  it('is not affected when the wall clock is set back', async () => {
    let finish: (value: string) => void = () => {}
    const work = () =>
      new Promise<string>((resolve) => {
        finish = resolve
      })
    const value = withTimeout(limit(), work)
    clock.adjustWallClock(-1_000)
    finish('done')
    expect(await value).toBe('done')
  })
})

describe('waiting until a signal aborts', () => {
  it('leaves no listener behind, however it ends', async () => {
    const { signal } = new AbortController()
    await untilAborted(Promise.resolve(1), signal)
    await failureOf(untilAborted(Promise.reject(new Error('no')), signal))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
