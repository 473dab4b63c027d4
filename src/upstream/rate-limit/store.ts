import type { Clock } from '../clock.ts'
import { appliesTo, countedCalls, estimateSlots, type Limit, type SlidingWindow } from './limit.ts'

/** Records the calls that count under the limits of one rate limiter. Times are monotonic. */
export interface RateLimitStore {
  /** Records a call if every limit on its resource has room, and returns null. Else returns the time of the next slot. */
  tryAcquire(resource: string): number | null | Promise<number | null>
  /** The windows of the limits on a resource, as far as this process has seen their calls. */
  windows(resource: string): readonly SlidingWindow[]
  /** Allows no calls for the resource before that time, as the vendor demands. */
  pause(resource: string, until: number): void
  pausedUntil(resource: string): number
}

/** The store of a process that shares its rate limits with no other replica. */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Clock
  readonly #windows: readonly { readonly limit: Limit; times: number[] }[]
  readonly #pausedUntil = new Map<string, number>()

  constructor(clock: Clock, limits: readonly Limit[]) {
    this.#clock = clock
    this.#windows = limits.map((limit) => ({ limit, times: [] }))
  }

  tryAcquire(resource: string): number | null {
    const now = this.#clock.elapsed()
    const [slot = now] = estimateSlots(this.windows(resource), Math.max(now, this.pausedUntil(resource)), 1)
    if (slot > now) return slot
    this.record(resource, now)
    return null
  }

  /** Records a call, whether there is room or not. */
  record(resource: string, at: number): void {
    for (const window of this.#windowsFor(resource)) window.times.push(at)
  }

  windows(resource: string) {
    const now = this.#clock.elapsed()
    const windows = this.#windowsFor(resource)
    for (const window of windows) window.times = countedCalls(window, now)
    return windows
  }

  pause(resource: string, until: number): void {
    this.#pausedUntil.set(resource, Math.max(until, this.pausedUntil(resource)))
  }

  pausedUntil(resource: string): number {
    return this.#pausedUntil.get(resource) ?? Number.NEGATIVE_INFINITY
  }

  /** The resources that have been paused at any time. */
  get pausedResources(): readonly string[] {
    return [...this.#pausedUntil.keys()]
  }

  #windowsFor(resource: string) {
    return this.#windows.filter(({ limit }) => appliesTo(limit, resource))
  }
}
