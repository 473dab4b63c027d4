import type { Clock } from '../clock.ts'
import { appliesTo, countedCalls, estimateSlots, type Limit, type SlidingWindow, toProbeLimit } from './limit.ts'

/** Records the calls that count under the limits of one rate limiter. Times are monotonic. */
export interface RateLimitStore {
  /**
   * Records a call if every limit on its resource has room, and returns null. Else returns the time of the next slot. A
   * probe also counts under the smaller limits of probes.
   */
  tryAcquire(resource: string, isProbe?: boolean): number | null | Promise<number | null>
  /** The limits on a resource. */
  limits(resource: string): readonly Limit[]
  /** The windows of the limits on a resource, as far as this process has seen their calls. */
  windows(resource: string): readonly SlidingWindow[]
  /** The windows of the limits of probes. */
  probeWindows(resource: string): readonly SlidingWindow[]
  /** Forgets the probes for a resource: a call has succeeded. */
  clearProbes(resource: string): void
  /** Allows no calls for the resource before that time, as the vendor demands. */
  pause(resource: string, until: number): void
  pausedUntil(resource: string): number
  /** Records that the call after a pause was answered. Returns whether other calls have waited for its answer. */
  resume(resource: string): boolean
  /** Replaces the limits. The calls that were made count under those of the same resource and window. */
  changeLimits(limits: readonly Limit[]): void
  /** Ends all pauses, here and where they are shared, and returns their numbers. */
  clearPauses(): ClearedPauses | Promise<ClearedPauses>
  /** Registers a function that is called when pauses were cleared. */
  onPausesCleared(listener: () => void): void
}

/** The numbers of the pauses that were cleared. */
export interface ClearedPauses {
  /** Those that this process kept. */
  readonly own: number
  /** Those in Redis. */
  readonly shared: number
}

/** How long the other calls wait for the answer to the first call after a pause, in milliseconds. */
export const trialTime = 15_000

/** A pause, and the call that is let through after it. Times are monotonic. */
interface Pause {
  readonly until: number
  /** When the next call may be made if the first one after the pause is not answered; null before it is made. */
  trialUntil: number | null
}

/** The store of a process that shares its rate limits with no other replica. */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Clock
  #windows: readonly RecordedWindow[]
  #probeWindows: readonly RecordedWindow[]
  /** By resource. */
  readonly #limits = new Map<string, readonly Limit[]>()
  readonly #pauses = new Map<string, Pause>()
  readonly #listeners: (() => void)[] = []

  constructor(clock: Clock, limits: readonly Limit[]) {
    this.#clock = clock
    this.#windows = toWindows(limits, [])
    this.#probeWindows = toWindows(limits.map(toProbeLimit), [])
  }

  changeLimits(limits: readonly Limit[]): void {
    this.#limits.clear()
    this.#windows = toWindows(limits, this.#windows)
    this.#probeWindows = toWindows(limits.map(toProbeLimit), this.#probeWindows)
  }

  tryAcquire(resource: string, isProbe = false): number | null {
    const slot = this.nextSlot(resource, isProbe)
    if (slot === null) this.recordNow(resource, isProbe)
    return slot
  }

  /** As `tryAcquire`, without recording the call. */
  nextSlot(resource: string, isProbe = false): number | null {
    const now = this.#clock.elapsed()
    const windows = [...this.windows(resource), ...(isProbe ? this.probeWindows(resource) : [])]
    const [slot = now] = estimateSlots(windows, Math.max(now, this.heldUntil(resource)), 1)
    return slot > now ? slot : null
  }

  /** Records a call that is made now, whether there is room or not. */
  recordNow(resource: string, isProbe = false): void {
    this.record(resource, this.#clock.elapsed(), isProbe)
    this.beginTrial(resource)
  }

  /** Records a call, whether there is room or not. */
  record(resource: string, at: number, isProbe = false): void {
    const windows = isProbe ? [...this.#windows, ...this.#probeWindows] : this.#windows
    for (const { times } of windows.filter(({ limit }) => appliesTo(limit, resource))) {
      // Another process may have made it, before the last call that is recorded here.
      times.splice(times.findLastIndex((time) => time <= at) + 1, 0, at)
    }
  }

  /** Counts as many calls as a limit allows. */
  useUp(limit: Limit): void {
    const now = this.#clock.elapsed()
    const window = this.#windows.find((each) => each.limit === limit)
    window?.times.push(...Array.from({ length: limit.calls }, () => now))
  }

  limits(resource: string): readonly Limit[] {
    const known = this.#limits.get(resource)
    if (known) return known
    const limits = this.#windows.map(({ limit }) => limit).filter((limit) => appliesTo(limit, resource))
    this.#limits.set(resource, limits)
    return limits
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
    this.#pauses.set(resource, { until: Math.max(until, this.pausedUntil(resource)), trialUntil: null })
  }

  pausedUntil(resource: string): number {
    return this.#pauses.get(resource)?.until ?? Number.NEGATIVE_INFINITY
  }

  /** When the pause ends, or the wait for the answer to the first call after it. */
  heldUntil(resource: string): number {
    const pause = this.#pauses.get(resource)
    return pause ? Math.max(pause.until, pause.trialUntil ?? pause.until) : Number.NEGATIVE_INFINITY
  }

  /** Records that a call is made. The first one after a pause is made alone. */
  beginTrial(resource: string): void {
    const pause = this.#pauses.get(resource)
    if (pause) pause.trialUntil = this.#clock.elapsed() + trialTime
  }

  resume(resource: string): boolean {
    const wasTried = (this.#pauses.get(resource)?.trialUntil ?? null) !== null
    if (wasTried) this.#pauses.delete(resource)
    return wasTried
  }

  clearPauses(): ClearedPauses {
    const now = this.#clock.elapsed()
    const own = [...this.#pauses.values()].filter(({ until }) => until > now).length
    this.#pauses.clear()
    for (const listener of this.#listeners) listener()
    return { own, shared: 0 }
  }

  onPausesCleared(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** The resources that are paused, or whose pause has ended without a call since. */
  get pausedResources(): readonly string[] {
    return [...this.#pauses.keys()]
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

/** The windows of these limits, with the calls that an earlier window of the same resource and length has. */
function toWindows(limits: readonly Limit[], earlier: readonly RecordedWindow[]): readonly RecordedWindow[] {
  return limits.map((limit) => {
    const known = earlier.find(
      ({ limit: { resource, window } }) => resource === limit.resource && window === limit.window,
    )
    return { limit, times: known?.times ?? [] }
  })
}
