import type { ResiliencePipeline } from '../call/resilience-pipeline.ts'
import { type Limit, paddedWindow } from './limit.ts'

/** The part of a rate limit that calls may take which no operation waits for. */
const backgroundShare = 1 / 4
/** The part that has to be free for them: operations may take so much of it at once. */
const freeShare = 1 / 2
/** Milliseconds between two of them for a vendor without documented limits. */
const minInterval = 1_000
/** As many calls of the account may begin meanwhile without waiting for one another. */
const freePermits = 2

/** When calls may be made which no operation waits for. Those of operations and readings go first. */
export class BackgroundCalls<Resource extends string = string> {
  readonly #pipeline: Pick<ResiliencePipeline<Resource>, 'rateLimiter' | 'semaphore' | 'circuitOpen'>
  readonly #resource: Resource

  constructor(
    pipeline: Pick<ResiliencePipeline<Resource>, 'rateLimiter' | 'semaphore' | 'circuitOpen'>,
    resource: Resource,
  ) {
    this.#pipeline = pipeline
    this.#resource = resource
  }

  /** Milliseconds between two calls, so that no window has more of them than their share. */
  get interval(): number {
    const limits = this.#pipeline.rateLimiter.limits(this.#resource)
    return Math.max(minInterval, ...limits.map(intervalUnder))
  }

  /** Whether one may be made now, without a wait for it or for any other call. */
  get isAllowed(): boolean {
    const { rateLimiter, semaphore, circuitOpen } = this.#pipeline
    if (circuitOpen || rateLimiter.isPaused(this.#resource) || semaphore.available < freePermits) return false
    if ((rateLimiter.status(this.#resource)?.waiting ?? 0) > 0) return false
    return rateLimiter.windows(this.#resource).every(({ limit, times }) => times.length < limit.calls * (1 - freeShare))
  }
}

/** A limit of fewer than four calls has one in several windows. */
function intervalUnder(limit: Limit): number {
  const calls = limit.calls * backgroundShare
  return paddedWindow(limit) / (calls < 1 ? calls : Math.floor(calls))
}
