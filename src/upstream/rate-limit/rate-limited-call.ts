import type { CallContext, SlotEstimate } from '../call/context.ts'
import type { ResiliencePipeline } from '../call/resilience-pipeline.ts'
import { secondsUntil } from '../call/retry-after.ts'
import type { VendorApi } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { QueuedCall } from './call-queue.ts'
import { QueueFullError } from './rate-limiter.ts'

/** Makes a call when the rate limits allow it. */
export type RateLimited<Resource extends string> = <Value>(
  call: { readonly resource: Resource; readonly context: CallContext },
  previous: PreviousAttempt,
  send: () => Promise<Value>,
) => Promise<Value>

/** How the previous attempt of a call ended. */
interface PreviousAttempt {
  /** The error that the call is retried after. */
  readonly failure: UpstreamError | undefined
  /** The 429 that the call waits after. */
  readonly rejection: UpstreamError | undefined
}

/** Applies the rate limits to the calls of one account. A call that has to wait reports its estimated slot. */
export function createRateLimited<Resource extends string>(
  { rateLimiter, semaphore }: ResiliencePipeline<Resource>,
  { provider, brand }: Pick<VendorApi, 'provider' | 'brand'>,
  clock: Clock,
): RateLimited<Resource> {
  function toEstimate(resource: Resource, at: number, rejection?: UpstreamError): SlotEstimate {
    const error = () => {
      const details = { provider, retryAfterSeconds: secondsUntil(at, clock.elapsed()) }
      if (rejection) return new UpstreamError(rejection.code, rejection.message, { ...rejection.details, ...details })
      const httpStatus = rateLimiter.isPaused(resource) ? { httpStatus: 429 } : {}
      return new UpstreamError('UPSTREAM_RATE_LIMITED', toMessage(resource), { ...details, ...httpStatus })
    }
    return { at, error }
  }

  /** Names no place: the call before may have been for one that this caller may not see. */
  function toMessage(resource: Resource): string {
    if (rateLimiter.isPaused(resource))
      return `${brand} answered 429 to a call for ${resource}; calls resume after a pause`
    const { limit } = rateLimiter.status(resource) ?? {}
    if (!limit) return `Too many calls to ${brand} for ${resource} are waiting`
    const counted = limit.resource ?? 'all resources'
    return `${brand} rate limit reached: ${limit.calls} calls per ${limit.window / 1000} s for ${counted}`
  }

  async function acquire(call: QueuedCall<Resource>): Promise<void> {
    try {
      await rateLimiter.acquire(call)
    } catch (reason) {
      throw reason instanceof QueueFullError ? toEstimate(call.resource, reason.nextSlotAt).error() : reason
    }
  }

  return async ({ resource, context }, { failure, rejection }, send) => {
    const { signal, permit } = context
    permit.check()
    const tooLate = new AbortController()
    const onEstimate = (at: number) => {
      // A retry that would come too late ends with the failure that it retries.
      if (failure && at - clock.elapsed() > context.remaining()) tooLate.abort(failure)
      else context.onQueued(toEstimate(resource, at, rejection))
    }
    // It may have to wait for the semaphore, which reports no estimate.
    context.onQueued(toEstimate(resource, clock.elapsed(), rejection))
    await acquire({ resource, semaphore, onEstimate, signal: AbortSignal.any([signal, tooLate.signal]) })
    try {
      context.onQueued(null)
      permit.check()
      signal.throwIfAborted()
      return await send()
    } finally {
      rateLimiter.release(semaphore)
    }
  }
}
