import { type Clock, toWallTime } from '../clock.ts'
import type { UpstreamError } from '../error.ts'
import type { UpstreamSettings } from '../settings.ts'
import { CallQueue, type QueuedCall, type Semaphore } from './call-queue.ts'
import { allowsRetries, type Limit, paddedWindow, type SlidingWindow } from './limit.ts'
import { OperationShares } from './operation-shares.ts'
import { RateLimitForecast } from './rate-limit-forecast.ts'
import type { RateLimitStore } from './store.ts'

/** The state of a rate limit, for display. */
export interface RateLimitStatus {
  readonly limit: Limit
  /** Calls that may be made now. */
  readonly remaining: number
  /** Wall-clock time at which `remaining` grows next; null when no call counts. */
  readonly resetAt: number | null
  /** Calls that wait for a slot. */
  readonly waiting: number
}

/** The queue holds as many calls of the account as it may. */
export class QueueFullError extends Error {
  /** Monotonic time of the slot that the call would get. */
  readonly nextSlotAt: number

  constructor(nextSlotAt: number) {
    super('too many calls are waiting')
    this.nextSlotAt = nextSlotAt
  }
}

/** The pause after a 429 without Retry-After when no limit is documented. */
const defaultPause = 60_000
const minPause = 1_000
/** The longest pause. A vendor may ask for a day, by mistake or not: after this time, one call shows whether it still does. */
export const maxPause = 900_000

/** Lets calls through in the order they came, within the vendor's limits and the concurrency of each account. */
export class RateLimiter<Resource extends string = string> {
  readonly #clock: Clock
  readonly #store: RateLimitStore
  readonly #maxWaiting: number
  /** What calls for single operations may take of the limits. */
  readonly shares: OperationShares
  /** One per resource, so that a full window delays only the calls that count in it. */
  readonly #queues = new Map<Resource, CallQueue>()

  /**
   * @param maxWaiting calls of one account that may wait for one resource
   * @param replicas the number of processes that share the limits
   */
  constructor(clock: Clock, store: RateLimitStore, maxWaiting: number, replicas = () => 1) {
    this.#clock = clock
    this.#store = store
    this.#maxWaiting = maxWaiting
    this.shares = new OperationShares(clock, (resource) => store.limits(resource), replicas)
    store.onPausesCleared(() => this.#wakeAll())
  }

  /**
   * Waits for a slot and takes a permit of the call's semaphore, which `release` returns.
   * @throws QueueFullError when too many calls of the account wait, or the reason of the signal
   */
  async acquire(call: QueuedCall<Resource>): Promise<void> {
    call.signal.throwIfAborted()
    const queue = this.#queueFor(call.resource)
    if (queue.size(call.semaphore) >= this.#maxWaiting)
      throw new QueueFullError(queue.estimateSlots(call.isProbe()).at(-1) ?? 0)
    return queue.enqueue(call)
  }

  release(semaphore: Semaphore): void {
    semaphore.available += 1
    for (const queue of this.#queues.values()) void queue.dispatch()
  }

  /** Monotonic time of the next slot for a waiting call. */
  nextSlotAt(resource: Resource): number {
    return this.#queueFor(resource).estimateSlots()[0] ?? this.#clock.elapsed()
  }

  /** Whether every limit on a resource has room for retries in place. */
  allowsRetries(resource: Resource): boolean {
    return this.limits(resource).every(allowsRetries)
  }

  /** Ends the smaller limits of probes after a success. */
  endProbing(resource: Resource): void {
    this.#store.clearProbes(resource)
    this.#wakeAll()
  }

  /** Ends the wait for the first call after a pause: it was answered, and not with another 429. */
  resume(resource: Resource): void {
    if (this.#store.resume(resource)) this.#queueFor(resource).wake()
  }

  /** Rejects every waiting call with this semaphore. */
  rejectAll(semaphore: Semaphore, reason: unknown): void {
    for (const queue of this.#queues.values()) queue.rejectAll(semaphore, reason)
  }

  /** Pauses the calls for a resource after a 429, for as long as the vendor asks. */
  pause(resource: Resource, { details: { retryAfterSeconds } }: UpstreamError): void {
    const windows = this.limits(resource).map(paddedWindow)
    const unstated = windows.length > 0 ? Math.max(...windows) : defaultPause
    const wanted = retryAfterSeconds === undefined ? unstated : retryAfterSeconds * 1000
    this.#store.pause(resource, this.#clock.elapsed() + Math.min(Math.max(minPause, wanted), maxPause))
    this.#queueFor(resource).wake()
  }

  /** Whether a pause that the vendor asked for is in force. */
  isPaused(resource: Resource): boolean {
    return this.#store.pausedUntil(resource) > this.#clock.elapsed()
  }

  /** The limits on a resource. */
  limits(resource: Resource): readonly Limit[] {
    return this.#store.limits(resource)
  }

  /** The limits on a resource with the calls that count under them. */
  windows(resource: Resource): readonly SlidingWindow[] {
    return this.#store.windows(resource)
  }

  /** The status of the limit with the fewest remaining calls, then the latest reset; null when none is documented. */
  status(resource: Resource): RateLimitStatus | null {
    const pausedUntil = this.isPaused(resource) ? this.#toWallTime(this.#store.pausedUntil(resource)) : null
    const waiting = this.#queueFor(resource).size()
    const [tightest] = this.windows(resource)
      .map(({ limit, times: [oldest, ...later] }) => {
        if (pausedUntil !== null) return { limit, remaining: 0, resetAt: pausedUntil, waiting }
        if (oldest === undefined) return { limit, remaining: limit.calls, resetAt: null, waiting }
        const remaining = Math.max(0, limit.calls - 1 - later.length)
        return { limit, remaining, resetAt: this.#toWallTime(oldest + paddedWindow(limit)), waiting }
      })
      .sort((a, b) => a.remaining - b.remaining || (b.resetAt ?? 0) - (a.resetAt ?? 0))
    return tightest ?? null
  }

  /** Which of further calls would be let through. */
  forecast(): RateLimitForecast {
    return new RateLimitForecast({
      windows: (resource) => this.#store.windows(resource),
      notBefore: (resource) => Math.max(this.#clock.elapsed(), this.#store.pausedUntil(resource)),
      shares: this.shares.copy(),
      waiting: [...this.#queues].map(([resource, queue]) => ({ resource, slots: queue.estimateSlots().slice(0, -1) })),
    })
  }

  /** The calls that were made count under the limits of these settings. */
  applySettings({ limits }: UpstreamSettings): void {
    this.#store.changeLimits(limits)
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const queue of this.#queues.values()) queue.wake()
  }

  #toWallTime(elapsed: number): number {
    return toWallTime(this.#clock, elapsed)
  }

  #queueFor(resource: Resource): CallQueue {
    const queue = this.#queues.get(resource) ?? new CallQueue(this.#clock, this.#store, resource)
    this.#queues.set(resource, queue)
    return queue
  }
}
