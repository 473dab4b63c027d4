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

describe('work with a time limit', () => {
  it('gives its value, and nobody sleeps on', async () => {
    expect(await withTimeout(limit(), async () => 'done')).toBe('done')
    expect(clock.pendingSleeps).toBe(0)
  })

  it('gives its own failure, also one before it began', async () => {
    const reason = new Error('no')
    expect(await failureOf(withTimeout(limit(), () => Promise.reject(reason)))).toBe(reason)
    const throwing = () => {
      throw reason
    }
    expect(await failureOf(withTimeout(limit(), throwing))).toBe(reason)
    expect(clock.pendingSleeps).toBe(0)
  })

  it('is left when the time is up even if it does not heed its signal, and may fail later unheard', async () => {
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

  it('is left when the outer signal aborts, with its reason', async () => {
    const outer = new AbortController()
    const failure = failureOf(withTimeout(limit(outer.signal), forever))
    outer.abort('gone')
    expect(await failure).toBe('gone')
    expect(clock.pendingSleeps).toBe(0)
  })

  it('is not waited for when the outer signal has aborted before', async () => {
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
