import pRetry from 'p-retry'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { CallOptions } from './context.ts'

const maxRetries = 3
const firstDelay = 500
const maxDelay = 8_000

export interface RetryOptions {
  readonly clock: Clock
  readonly options: Pick<CallOptions, 'signal' | 'remaining'>
  /** Whether the call may be retried at all. */
  readonly isAllowed: () => boolean
}

/**
 * Retries an attempt after a transient failure, with exponential backoff and full jitter, so that calls that failed together
 * are not retried together (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). Each attempt
 * gets the error of the previous one.
 */
export async function withRetries<Value>(
  attempt: (previous: UpstreamError | undefined) => Promise<Value>,
  { clock, options, isAllowed }: RetryOptions,
): Promise<Value> {
  let first: Promise<Value> | null = attempt(undefined)
  try {
    return await first
  } catch (error) {
    // Nearly every call succeeds at once. Preparing retries for it would take as long as the rest of the call.
    if (!(error instanceof UpstreamError)) throw error
  }
  let previous: UpstreamError | undefined
  const next = () => {
    const failed = first
    first = null
    return failed ?? attempt(previous)
  }
  return pRetry(next, {
    retries: maxRetries,
    signal: options.signal,
    // The delay is waited for below, on our clock and until the signal aborts.
    minTimeout: 0,
    async shouldRetry({ error, retriesConsumed }) {
      // An attempt whose slot would come too late ends with the previous error and was not made.
      if (error === previous) return false
      if (!(error instanceof UpstreamError && isTransient(error) && isAllowed())) return false
      const delay = delayBefore(retriesConsumed, error)
      if (delay >= options.remaining()) return false
      await clock.sleep(delay, options.signal)
      previous = error
      return true
    },
  })
}

/** A 408, a 5xx, or no connection. */
function isTransient({ code, details }: UpstreamError): boolean {
  return code === 'UPSTREAM_UNAVAILABLE' || details.httpStatus === 408
}

function delayBefore(retriesMade: number, { details: { retryAfterSeconds = 0 } }: UpstreamError): number {
  const jittered = Math.random() * Math.min(maxDelay, firstDelay * 2 ** retriesMade)
  return Math.max(jittered, retryAfterSeconds * 1000)
}
