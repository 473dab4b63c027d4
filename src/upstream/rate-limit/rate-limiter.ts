import type { Clock } from '../clock.ts'
import type { UpstreamError } from '../error.ts'
import { CallQueue, type QueuedCall, type Semaphore } from './call-queue.ts'
import { type Limit, paddedWindow, type SlidingWindow } from './limit.ts'
import type { RateLimitStore } from './store.ts'

/** What is left of a budget. */
export interface RateLimitStatus {
  readonly limit: Limit
  readonly remaining: number
  /** When `remaining` grows next; null when all of it is there. */
  readonly resetAt: number | null
  /** Calls that wait for their turn. */
  readonly waiting: number
}

/** More calls of the account wait already than anybody will wait for. */
export class QueueFullError extends Error {
  /** When the turn would come. */
  readonly nextSlotAt: number

  constructor(turn: number) {
    super('too many calls are waiting')
    this.nextSlotAt = turn
  }
}

/** How long nobody calls a vendor that asks for patience, says not for how long, and publishes no limit. */
const unsaidPause = 60_000
const shortestPause = 1_000
/** Whoever asks for more has made a mistake. */
export const maxPause = 86_400_000

/** Lets calls through in the order they came, none over the vendor's limits and none beyond an account's slots. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #ledger: RateLimitStore
  readonly #mostWaiting: number
  /** By resource: one that waits for its turn keeps no other waiting. */
  readonly #lanes = new Map<string, CallQueue>()

  constructor(clock: Clock, ledger: RateLimitStore, mostWaiting: number) {
    this.#clock = clock
    this.#ledger = ledger
    this.#mostWaiting = mostWaiting
  }

  /**
   * Waits for a turn and takes one of the slots, to be given back.
   * @throws BudgetFull when too many of the account wait, or the reason of the signal
   */
  async acquire(claim: QueuedCall): Promise<void> {
    claim.signal.throwIfAborted()
    const lane = this.#lane(claim.resource)
    if (lane.size(claim.semaphore) >= this.#mostWaiting) throw new QueueFullError(lane.estimateSlots().at(-1) ?? 0)
    return lane.enqueue(claim)
  }

  release(slots: Semaphore): void {
    slots.available += 1
    for (const lane of this.#lanes.values()) void lane.dispatch()
  }

  /** Sends away all who wait with these slots. */
  rejectAll(slots: Semaphore, reason: unknown): void {
    for (const lane of this.#lanes.values()) lane.rejectAll(slots, reason)
  }

  /** The vendor asks for patience: nobody calls for the resource until that is over. */
  pause(resource: string, { details: { retryAfterSeconds } }: UpstreamError): void {
    const windows = this.windows(resource).map(({ limit }) => paddedWindow(limit))
    const unsaid = windows.length > 0 ? Math.max(...windows) : unsaidPause
    const asked = retryAfterSeconds === undefined ? unsaid : retryAfterSeconds * 1000
    this.#ledger.pause(resource, this.#clock.now() + Math.min(Math.max(shortestPause, asked), maxPause))
    this.#lane(resource).wake()
  }

  /** The vendor has asked for patience, and that has to be heeded still. */
  isPaused(resource: string): boolean {
    return this.#ledger.pausedUntil(resource) > this.#clock.now()
  }

  /** The limits on a resource, and the calls that count under them. */
  windows(resource: string): readonly SlidingWindow[] {
    return this.#ledger.windows(resource)
  }

  /** What is left under the limit that has the least, for the longest time; null when the vendor publishes none. */
  status(resource: string): RateLimitStatus | null {
    const paused = this.isPaused(resource) ? this.#ledger.pausedUntil(resource) : null
    const waiting = this.#lane(resource).size()
    const [tightest] = this.windows(resource)
      .map(({ limit, times: [oldest, ...later] }) => {
        if (paused !== null) return { limit, remaining: 0, resetAt: paused, waiting }
        if (oldest === undefined) return { limit, remaining: limit.calls, resetAt: null, waiting }
        const remaining = Math.max(0, limit.calls - 1 - later.length)
        return { limit, remaining, resetAt: oldest + paddedWindow(limit), waiting }
      })
      .sort((a, b) => a.remaining - b.remaining || (b.resetAt ?? 0) - (a.resetAt ?? 0))
    return tightest ?? null
  }

  #lane(resource: string): CallQueue {
    const lane = this.#lanes.get(resource) ?? new CallQueue(this.#clock, this.#ledger, resource)
    this.#lanes.set(resource, lane)
    return lane
  }
}
