import pRetry from 'p-retry'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { CallOptions } from './context.ts'

const mostRetries = 3
const firstDelay = 500
const longestDelay = 8_000

export interface RetryOptions {
  readonly clock: Clock
  readonly origin: CallOptions
  /** Whether the call may be made again at all. */
  readonly allowed: () => boolean
}

/**
 * Makes an attempt again when the vendor may just have stumbled. Each attempt gets the error of the one before it. The
 * delay is anything up to twice the last one's bound, so that callers who failed together don't come back together
 * (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 */
export function withRetries<Value>(
  attempt: (previous: UpstreamError | undefined) => Promise<Value>,
  { clock, origin, allowed }: RetryOptions,
): Promise<Value> {
  let previous: UpstreamError | undefined
  return pRetry(() => attempt(previous), {
    retries: mostRetries,
    signal: origin.signal,
    minTimeout: 0,
    // The library's own delay knows the wall's clock alone; this one ends with the signal too.
    async shouldRetry({ error, retriesConsumed }) {
      // With the error of the one before, an attempt ends that was not made: its turn would have come too late.
      if (error === previous) return false
      if (!(error instanceof UpstreamError && isPassing(error) && allowed())) return false
      const delay = delayBefore(retriesConsumed, error)
      if (delay >= origin.remaining()) return false
      await clock.sleep(delay, origin.signal)
      previous = error
      return true
    },
  })
}

/** 408, 5xx, or no connection. */
function isPassing({ code, details }: UpstreamError): boolean {
  return code === 'UPSTREAM_UNAVAILABLE' || details.httpStatus === 408
}

function delayBefore(retriesMade: number, { details: { retryAfterSeconds = 0 } }: UpstreamError): number {
  const jittered = Math.random() * Math.min(longestDelay, firstDelay * 2 ** retriesMade)
  return Math.max(jittered, retryAfterSeconds * 1000)
}
