import type { CallContext, SlotEstimate } from '../call/context.ts'
import type { ResiliencePipeline } from '../call/resilience-pipeline.ts'
import { secondsUntil } from '../call/retry-after.ts'
import type { VendorApi } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { QueuedCall } from './call-queue.ts'
import { QueueFullError } from './rate-limiter.ts'

/** Makes a call when its turn comes. */
export type RateLimited = <Value>(
  call: { readonly resource: string; readonly context: CallContext },
  before: Before,
  send: () => Promise<Value>,
) => Promise<Value>

/** What came of the call before. */
interface Before {
  /** It is made again because it failed. */
  readonly failure: UpstreamError | undefined
  /** It waits because the vendor asked for patience. */
  readonly refusal: UpstreamError | undefined
}

/** The turns of one account's calls in its budget. Who waits is told when the turn will come, and what to say if that is too late. */
export function createRateLimited(
  { rateLimiter, semaphore }: ResiliencePipeline,
  { provider, brand }: Pick<VendorApi, 'provider' | 'brand'>,
  clock: Clock,
): RateLimited {
  function toTurn(resource: string, at: number, refusal?: UpstreamError): SlotEstimate {
    const error = () => {
      const wait = { provider, retryAfterSeconds: secondsUntil(at, clock.now()) }
      if (refusal) return new UpstreamError(refusal.code, refusal.message, { ...refusal.details, ...wait })
      const told = rateLimiter.isPaused(resource) ? { ...wait, httpStatus: 429 } : wait
      return new UpstreamError('UPSTREAM_RATE_LIMITED', spent(resource), told)
    }
    return { at, error }
  }

  /** Nothing of what was called for: that may be a place which is nothing to tell to everybody. */
  function spent(resource: string): string {
    if (rateLimiter.isPaused(resource))
      return `${brand} has answered 429 to a call for ${resource}, and is not called until it wants to be`
    const { limit } = rateLimiter.status(resource) ?? {}
    const often = limit ? `at most ${limit.calls} times in ${limit.window / 1000} s` : 'only now and then'
    return `${brand} is asked for ${resource} ${often}, and all of that is taken`
  }

  async function take(claim: QueuedCall): Promise<void> {
    try {
      await rateLimiter.acquire(claim)
    } catch (reason) {
      throw reason instanceof QueueFullError ? toTurn(claim.resource, reason.nextSlotAt).error() : reason
    }
  }

  return async ({ resource, context }, { failure, refusal }, send) => {
    const { signal, permit } = context
    permit.check()
    const giveUp = new AbortController()
    const onEstimate = (at: number) => {
      // What is made again has failed: rather tell why than wait for longer than its sender has left.
      if (failure && at - clock.now() > context.remaining()) giveUp.abort(failure)
      else context.onQueued(toTurn(resource, at, refusal))
    }
    // It may have to wait for a slot, too.
    context.onQueued(toTurn(resource, clock.now(), refusal))
    await take({ resource, semaphore: semaphore, onEstimate, signal: AbortSignal.any([signal, giveUp.signal]) })
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
