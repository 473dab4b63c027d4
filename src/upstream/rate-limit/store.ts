import type { Clock } from '../clock.ts'
import { appliesTo, countedCalls, estimateSlots, type Limit, type SlidingWindow, toProbeLimit } from './limit.ts'

/** Records the calls that count under the limits of one rate limiter. Times are monotonic. */
export interface RateLimitStore {
  /**
   * Records a call if every limit on its resource has room, and returns null. Else returns the time of the next slot. A
   * probe also counts under the smaller limits of probes.
   */
  tryAcquire(resource: string, isProbe?: boolean): number | null | Promise<number | null>
  /** The windows of the limits on a resource, as far as this process has seen their calls. */
  windows(resource: string): readonly SlidingWindow[]
  /** The windows of the limits of probes. */
  probeWindows(resource: string): readonly SlidingWindow[]
  /** Forgets the probes for a resource: a call has succeeded. */
  clearProbes(resource: string): void
  /** Allows no calls for the resource before that time, as the vendor demands. */
  pause(resource: string, until: number): void
  pausedUntil(resource: string): number
}

/** The store of a process that shares its rate limits with no other replica. */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Clock
  readonly #windows: readonly RecordedWindow[]
  readonly #probeWindows: readonly RecordedWindow[]
  readonly #pausedUntil = new Map<string, number>()

  constructor(clock: Clock, limits: readonly Limit[]) {
    this.#clock = clock
    this.#windows = limits.map((limit) => ({ limit, times: [] }))
    this.#probeWindows = limits.map((limit) => ({ limit: toProbeLimit(limit), times: [] }))
  }

  tryAcquire(resource: string, isProbe = false): number | null {
    const now = this.#clock.elapsed()
    const windows = [...this.windows(resource), ...(isProbe ? this.probeWindows(resource) : [])]
    const [slot = now] = estimateSlots(windows, Math.max(now, this.pausedUntil(resource)), 1)
    if (slot > now) return slot
    this.record(resource, now, isProbe)
    return null
  }

  /** Records a call, whether there is room or not. */
  record(resource: string, at: number, isProbe = false): void {
    const windows = isProbe ? [...this.#windows, ...this.#probeWindows] : this.#windows
    for (const window of windows.filter(({ limit }) => appliesTo(limit, resource))) window.times.push(at)
  }

  windows(resource: string) {
    return this.#counted(this.#windows, resource)
  }

  probeWindows(resource: string) {
    return this.#counted(this.#probeWindows, resource)
  }

  clearProbes(resource: string): void {
    for (const window of this.probeWindows(resource)) window.times = []
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

  #counted(windows: readonly RecordedWindow[], resource: string): readonly RecordedWindow[] {
    const now = this.#clock.elapsed()
    const counting = windows.filter(({ limit }) => appliesTo(limit, resource))
    for (const window of counting) window.times = countedCalls(window, now)
    return counting
  }
}

interface RecordedWindow {
  readonly limit: Limit
  times: number[]
}
