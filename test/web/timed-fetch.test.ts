import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { fetchInTime, maxAnswerTime } from '../../web/timed-fetch.ts'

describe('a request of the page', () => {
  const { fetch: realFetch } = globalThis
  const signals: AbortSignal[] = []

  beforeEach(() => {
    jest.useFakeTimers()
    signals.length = 0
    // A connection that swallows each request.
    globalThis.fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        const signal = init?.signal as AbortSignal
        signals.push(signal)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
  })
  afterEach(() => {
    globalThis.fetch = realFetch
    jest.useRealTimers()
  })

  it('fails when the connection gives no answer, so that it can be sent again', async () => {
    const failure = fetchInTime('/graphql').catch((error: Error) => error.message)
    await jest.advanceTimersByTimeAsync(maxAnswerTime - 1)
    expect(signals[0]?.aborted).toBe(false)
    await jest.advanceTimersByTimeAsync(1)
    expect(await failure).toBe('There was no answer within 60 seconds.')
  })

  it('is cancelled with the view that wants the answer', async () => {
    const view = new AbortController()
    const failure = fetchInTime('/graphql', { signal: view.signal }).catch((error: Error) => error.name)
    view.abort()
    expect(await failure).toBe('AbortError')
    expect(jest.getTimerCount()).toBe(0)
  })
})
