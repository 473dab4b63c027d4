import type { CallContext, SlotEstimate } from '../call/context.ts'
import type { ResiliencePipeline } from '../call/resilience-pipeline.ts'
import { secondsUntil } from '../call/retry-after.ts'
import type { VendorApi } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError, type UpstreamErrorDetails } from '../error.ts'
import type { QueuedCall } from './call-queue.ts'
import { CallsInFlight } from './calls-in-flight.ts'
import type { Share, SharedCall } from './operation-shares.ts'
import { QueueFullError } from './rate-limiter.ts'

/** Makes a call when the rate limits allow it. */
export type RateLimited<Resource extends string> = <Value>(
  call: { readonly resource: Resource; readonly what: string; readonly context: CallContext },
  previous: PreviousAttempt,
  send: () => Promise<Value>,
) => Promise<Value>

/** A call that waits for its slot. */
type WaitingCall<Resource extends string> = Parameters<RateLimited<Resource>>[0]

/** How the previous attempt of a call ended. */
interface PreviousAttempt {
  /** The error that the call is retried after. */
  readonly failure: UpstreamError | undefined
  /** The 429 that the call waits after. */
  readonly rejection: UpstreamError | undefined
}

/** The fields whose calls only one operation needs. */
const fieldsWithCalls = 'PEM, X.509 details, account switch keys and single certificates'

/** Applies the rate limits to the calls of one account. A call that has to wait reports its estimated slot. */
export function createRateLimited<Resource extends string>(
  { rateLimiter, semaphore, health, failureLog }: ResiliencePipeline<Resource>,
  { provider, brand }: Pick<VendorApi, 'provider' | 'brand'>,
  clock: Clock,
): RateLimited<Resource> {
  const inFlight = new CallsInFlight<Resource>()

  function toEstimate(
    { resource, what, context }: WaitingCall<Resource>,
    at: number,
    { rejection, isFull = false }: { readonly rejection?: UpstreamError | undefined; readonly isFull?: boolean } = {},
  ): SlotEstimate {
    const error = () => {
      const details = { provider, retryAfterSeconds: secondsUntil(at, clock.elapsed()) }
      if (rejection) return rejection.with(details)
      if (rateLimiter.isPaused(resource))
        return new UpstreamError('UPSTREAM_RATE_LIMITED', toMessage(resource), { ...details, httpStatus: 429 })
      const failure = toFailure(resource, context, details)
      if (failure) return failure
      if (!isFull && rateLimiter.status(resource) === null)
        return new UpstreamError('UPSTREAM_TIMEOUT', `${brand} was not called for ${resource} before the deadline`, {
          provider,
        })
      const limited = new UpstreamError('UPSTREAM_RATE_LIMITED', toMessage(resource), details)
      failureLog.add(resource, what, limited)
      return limited
    }
    return { at, error, isAfterRejection: rejection !== undefined }
  }

  /** Why the call has to wait, other than for the limit: the last reading of its place failed, or the last call. */
  function toFailure(
    resource: Resource,
    { lastFailure }: CallContext,
    details: UpstreamErrorDetails & { readonly retryAfterSeconds: number },
  ): UpstreamError | undefined {
    // While all calls fail, the next one shows whether the vendor is back, for whichever place it is made.
    const next = health.isFailing(resource)
      ? { retryAfterSeconds: secondsUntil(rateLimiter.nextSlotAt(resource), clock.elapsed()) }
      : {}
    return lastFailure?.()?.with({ ...details, ...next }) ?? health.toWaitingError(resource, { ...details, ...next })
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

  function toShareError({ resource, what }: WaitingCall<Resource>, { limit, calls, caller }: Share, at: number) {
    const seconds = secondsUntil(at, clock.elapsed())
    const used = caller === null ? 'all callers have used their share' : 'this caller has used its share'
    const problem = `${used} for fields that need a call in each query (${fieldsWithCalls}), ${calls} of ${limit.calls} calls per ${limit.window / 1000} s; the next call is free in ${seconds} s`
    const details = { provider, retryAfterSeconds: seconds }
    const limited = new UpstreamError('UPSTREAM_RATE_LIMITED', `${brand} rate limit: ${problem}`, details)
    failureLog.add(resource, what, limited)
    return limited
  }

  /** Waits until the call is within the shares; null for a call of a reading, which all callers share. */
  async function reserve(call: WaitingCall<Resource>): Promise<SharedCall | null> {
    const { resource, context } = call
    if (!context.sharedBy) return null
    const shared = rateLimiter.shares.reserve(resource, context.sharedBy.caller)
    const { at, usedUp } = shared
    if (!usedUp) return shared
    try {
      context.onQueued({ at, error: () => toShareError(call, usedUp, at) })
      // An operation that cannot wait as long has ended. At once, or others would wait behind its call.
      context.signal.throwIfAborted()
      await clock.sleep(at - clock.elapsed(), context.signal)
      return shared
    } catch (error) {
      shared.cancel()
      throw error
    }
  }

  async function acquire(call: WaitingCall<Resource>, queued: QueuedCall<Resource>): Promise<void> {
    try {
      await rateLimiter.acquire(queued)
    } catch (reason) {
      throw reason instanceof QueueFullError ? toEstimate(call, reason.nextSlotAt, { isFull: true }).error() : reason
    }
  }

  return async (call, { failure, rejection }, send) => {
    const { resource, context } = call
    const { signal, permit } = context
    permit.check()
    const shared = await reserve(call)
    let isSent = false
    // Only a retry can come too late.
    const tooLate = failure && new AbortController()
    const onEstimate = inFlight.delay(resource, (at) => {
      // A retry that would come too late ends with the failure that it retries.
      if (tooLate && at - clock.elapsed() > context.remaining()) tooLate.abort(failure)
      else context.onQueued(toEstimate(call, at, { rejection }))
    })
    try {
      // It may have to wait for the semaphore, which reports no estimate.
      context.onQueued(toEstimate(call, clock.elapsed(), { rejection }))
      await acquire(call, {
        resource,
        semaphore,
        onEstimate: onEstimate.report,
        isProbe: () => health.isFailing(resource),
        lastCallAt: context.lastCallAt?.(),
        signal: tooLate ? AbortSignal.any([signal, tooLate.signal]) : signal,
      }).finally(onEstimate.end)
      try {
        context.onQueued(null)
        permit.check()
        signal.throwIfAborted()
        shared?.send()
        isSent = true
        return await inFlight.add(resource, send())
      } finally {
        rateLimiter.release(semaphore)
      }
    } finally {
      if (!isSent) shared?.cancel()
    }
  }
}
