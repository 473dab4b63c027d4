import type { Operation } from '../../operation.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import type { UpstreamError } from '../error.ts'
import { Semaphore } from '../rate-limit/call-queue.ts'
import { paddedWindow } from '../rate-limit/limit.ts'
import { RateLimiter, type RateLimitStatus } from '../rate-limit/rate-limiter.ts'
import type { UpstreamSettings } from '../settings.ts'
import { AccountHealth } from './account-health.ts'
import { CircuitBreaker, type CircuitListener } from './circuit-breaker.ts'
import type { CallContext, CallOptions, CallRunner } from './context.ts'
import { FailureLog } from './failure-log.ts'
import { ReadingSize } from './reading-size.ts'
import { untilAborted } from './timeout.ts'
import type { Identity, NamedApi } from './vendor-api.ts'

/** Calls of one account that may wait for one resource. Further calls fail at once. */
const maxWaiting = 1_000

/** Creates the rate limiter of all clients with this identity, in every replica. */
export function createRateLimiter<Resource extends string = string>(
  { clock, replicas, settings, kept }: UpstreamDependencies,
  identity: Identity,
): RateLimiter<Resource> {
  const { parts, secret } = identity
  // In Redis, the calls count under the limits of every store.
  const inRedis = replicas.state === null ? [] : [secret, settings.limits]
  // A replica without Redis has smaller limits of its own.
  const count = () => (replicas.state === 'alone' ? 1 : replicas.count)
  return kept.get(
    ['rate limiter', parts, inRedis],
    () => new RateLimiter<Resource>(clock, replicas.rateLimitStore(identity, settings.limits), maxWaiting, count),
  )
}

/** Whose share of the rate limits the calls of an operation count in; null for a caller who is not identified. */
export function sharingCaller({ caller }: Pick<Operation, 'caller'>): string | null {
  return caller.isIdentified ? caller.name : null
}

/** What all calls for one account pass: its circuit breaker, its semaphore, and its rate limiter. */
export class ResiliencePipeline<Resource extends string = string> implements CallRunner {
  readonly rateLimiter: RateLimiter<Resource>
  readonly semaphore: Semaphore
  readonly health: AccountHealth<Resource>
  readonly failureLog: FailureLog
  readonly #breaker: CircuitBreaker
  readonly #upstream: UpstreamDependencies

  constructor(upstream: UpstreamDependencies, api: NamedApi, rateLimiter: RateLimiter<Resource>) {
    const { provider, brand, account } = api
    this.#upstream = upstream
    this.rateLimiter = rateLimiter
    this.semaphore = new Semaphore(upstream.settings.concurrency)
    this.health = new AccountHealth(brand)
    this.failureLog = new FailureLog(upstream.log, upstream.clock, api)
    const windows = upstream.settings.limits.map(paddedWindow)
    const listener: CircuitListener = {
      opened: (reason, wasOpen) => {
        const cause = reason.cause instanceof Error ? reason.cause.message : undefined
        if (!wasOpen)
          upstream.log.warn({ provider, account, code: reason.code, ...reason.details, cause }, reason.message)
        rateLimiter.rejectAll(this.semaphore, reason)
      },
      closed: () => upstream.log.info({ provider, account }, `${brand} responds again; calls are no longer paused`),
    }
    const longestWindow = windows.length > 0 ? Math.max(...windows) : undefined
    this.#breaker = new CircuitBreaker(upstream.clock, brand, listener, longestWindow)
  }

  applySettings({ concurrency }: UpstreamSettings): void {
    this.semaphore.changeConcurrency(concurrency)
  }

  /** Whether a failed call for the resource may be retried in place. */
  allowsRetries(resource: Resource): boolean {
    return this.#breaker.isHealthy && this.rateLimiter.allowsRetries(resource)
  }

  /** Records that a call succeeded. */
  recordSuccess(resource: Resource, what: string): void {
    this.failureLog.remove(resource, what)
    this.rateLimiter.resume(resource)
    if (this.health.recordSuccess(resource)) this.rateLimiter.endProbing(resource)
  }

  /** Records that a call was made and failed. */
  recordFailure(resource: Resource, what: string, error: UpstreamError): void {
    this.failureLog.add(resource, what, error)
    this.rateLimiter.resume(resource)
    this.health.recordFailure(resource, error)
  }

  /** Records that the vendor answered 429: it is up. */
  recordRejection(resource: Resource, what: string, error: UpstreamError): void {
    this.failureLog.add(resource, what, error)
    if (this.health.recordSuccess(resource)) this.rateLimiter.endProbing(resource)
  }

  /** Whether the account's calls are suspended after repeated failures. Makes no call. */
  get circuitOpen(): boolean {
    return this.#breaker.isOpen
  }

  /** The state of the tightest limit on a resource; null when the vendor documents none. Makes no call. */
  rateLimitStatus(resource: Resource): RateLimitStatus | null {
    return this.rateLimiter.status(resource)
  }

  async runReading<Value>(options: CallOptions, work: (context: CallContext) => Promise<Value>): Promise<Value> {
    const permit = this.#breaker.acquire()
    try {
      const value = await work({
        ...options,
        permit,
        size: this.#newSize(),
        onQueued(slot) {
          permit.slotAt = slot?.at ?? null
          options.onQueued(slot)
        },
      })
      permit.end()
      return value
    } catch (error) {
      permit.end(error)
      throw error
    }
  }

  /**
   * Runs calls that change something. They end with their operation until the first one is sent; a change that has been
   * sent cannot be taken back. An open circuit stops them.
   */
  async runChange<Value>(operation: Operation, work: (context: CallContext) => Promise<Value>): Promise<Value> {
    if (operation.isPassive) throw new Error('a change by a passive operation')
    operation.signal.throwIfAborted()
    const end = new AbortController()
    const abort = () => end.abort(operation.signal.reason)
    return work({
      signal: end.signal,
      remaining: () => this.#remaining(operation),
      onQueued(slot) {
        operation.signal.removeEventListener('abort', abort)
        if (!slot) return
        if (operation.signal.aborted) abort()
        if (slot.at > operation.deadline) end.abort(slot.error())
        operation.signal.addEventListener('abort', abort)
      },
      cause: operation.cause,
      onCall: operation.onCall,
      permit: this.#breaker.permit,
      size: this.#newSize(),
    })
  }

  /** Runs calls that one operation alone needs. They end with it and do not wait for a slot after its deadline. */
  async runForOperation<Value>(operation: Operation, work: (context: CallContext) => Promise<Value>): Promise<Value> {
    operation.basis?.exclude()
    if (operation.isPassive) throw new Error('a call by a passive operation')
    // Work that continues after the operation has ended must not begin anything for it.
    operation.signal.throwIfAborted()
    const tooLate = new AbortController()
    const signal = AbortSignal.any([operation.signal, tooLate.signal])
    const context: CallContext = {
      signal,
      // The callers share what they wait for.
      ...(!operation.isBackground && { sharedBy: { caller: sharingCaller(operation) } }),
      remaining: () => (operation.isBackground ? 0 : this.#remaining(operation)),
      onQueued(slot) {
        if (slot && slot.at > operation.deadline) tooLate.abort(slot.error())
      },
      cause: operation.cause,
      onCall: operation.onCall,
      permit: this.#breaker.permit,
      size: this.#newSize(),
    }
    return untilAborted(work(context), signal)
  }

  #newSize(): ReadingSize {
    return new ReadingSize(this.#upstream.readingLimits)
  }

  #remaining({ deadline }: Operation): number {
    return deadline - this.#upstream.clock.elapsed()
  }
}
