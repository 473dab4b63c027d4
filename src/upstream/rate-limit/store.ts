import type { Clock } from '../clock.ts'
import { appliesTo, countedCalls, estimateSlots, type Limit, type SlidingWindow } from './limit.ts'

/** Where the calls of one budget are written down. */
export interface RateLimitStore {
  /** Writes a call down if every limit on its resource has room: null then. Else tells the moment at which they have. */
  tryAcquire(resource: string): number | null | Promise<number | null>
  /** The limits on a resource with their calls, as far as is known here. */
  windows(resource: string): readonly SlidingWindow[]
  /** No calls for a resource before that moment: the vendor said so. */
  pause(resource: string, until: number): void
  pausedUntil(resource: string): number
}

const never = { from: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY }

/** The ledger of a process that shares its budget with nobody. */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Clock
  readonly #logs: readonly { readonly limit: Limit; times: number[] }[]
  readonly #pauses = new Map<string, { readonly from: number; readonly until: number }>()

  constructor(clock: Clock, limits: readonly Limit[]) {
    this.#clock = clock
    this.#logs = limits.map((limit) => ({ limit, times: [] }))
  }

  tryAcquire(resource: string): number | null {
    const now = this.#clock.now()
    const logs = this.windows(resource)
    const [turn = now] = estimateSlots(logs, Math.max(now, this.pausedUntil(resource)), 1)
    if (turn > now) return turn
    this.record(resource, now)
    return null
  }

  /** Writes a call down, whether there is room or not. */
  record(resource: string, at: number): void {
    for (const log of this.#on(resource)) log.times.push(at)
  }

  windows(resource: string) {
    const now = this.#clock.now()
    const logs = this.#on(resource)
    for (const log of logs) log.times = countedCalls(log, now)
    return logs
  }

  pause(resource: string, until: number): void {
    this.#pauses.set(resource, { from: this.#clock.now(), until: Math.max(until, this.pausedUntil(resource)) })
  }

  /** A clock that was set back tells nothing of how long ago it began: then it is over. */
  pausedUntil(resource: string): number {
    const { from, until } = this.#pauses.get(resource) ?? never
    return this.#clock.now() < from ? never.until : until
  }

  /** The resources that were paused for at any time. */
  get paused(): readonly string[] {
    return [...this.#pauses.keys()]
  }

  #on(resource: string) {
    return this.#logs.filter(({ limit }) => appliesTo(limit, resource))
  }
}
