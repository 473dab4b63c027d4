import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { Mutex } from '../concurrency.ts'
import { estimateSlots, type Limit, limitsFor, paddedWindow, type SlidingWindow } from '../rate-limit/limit.ts'
import { type ClearedPauses, MemoryRateLimitStore, type RateLimitStore } from '../rate-limit/store.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import type { Keys } from './keys.ts'
import { SharedPauses } from './shared-pauses.ts'
import { type RecordedCall, SharedWindows } from './shared-windows.ts'

/**
 * The store that replicas share. Without Redis, a replica has its share of every limit, which counts as used up at first:
 * what the others have just called is not known. When Redis is back, the replica keeps to its share for one more window,
 * until all others have recorded what they called meanwhile. The same applies to a limit whose log of calls was lost. While
 * a log is younger than its window, a replica keeps to its share too: calls may have been made before it began.
 */
export class RedisRateLimitStore implements RateLimitStore, ConnectionListener {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #limits: readonly Limit[]
  /** The limits with the shares of this replica. */
  readonly #shares: ReadonlyMap<Limit, Limit>
  readonly #shared: SharedWindows
  readonly #pauses: SharedPauses
  /** The calls of this replica, under its shares. */
  readonly #own: MemoryRateLimitStore
  #ownCalls: readonly RecordedCall[] = []
  /** Monotonic time at which Redis came back; infinity while it is lost. */
  #restoredAt = Number.NEGATIVE_INFINITY
  /** Monotonic time at which the log of a limit was found to be lost. */
  readonly #lostAt = new Map<Limit, number>()
  /** Resolves when the logs of the limits are known. */
  readonly #joined: Promise<void>
  /** One call at a time is acquired under the shares: they are counted here. */
  readonly #acquiring = new Mutex()

  constructor(
    clock: Clock,
    { connection, replicas }: { readonly connection: RedisConnection; readonly replicas: number },
    keys: Keys,
    limits: readonly Limit[],
  ) {
    this.#clock = clock
    this.#connection = connection
    this.#limits = limits
    this.#shares = new Map(limits.map((limit) => [limit, toShare(limit, replicas)]))
    this.#pauses = new SharedPauses(clock, connection, keys)
    this.#shared = new SharedWindows(clock, connection, keys, { limits, pauses: this.#pauses })
    this.#own = new MemoryRateLimitStore(clock, [...this.#shares.values()])
    connection.addListener(this)
    this.#joined = this.#shared.join()
  }

  async tryAcquire(resource: string, isProbe = false): Promise<number | null> {
    const id = randomUUID()
    const shared = await this.#tryAcquireShared(id, resource, isProbe)
    const slot = shared === undefined ? this.#own.tryAcquire(resource, isProbe) : shared
    if (slot === null) this.#recordOwn({ id, resource, at: this.#clock.elapsed() })
    return slot
  }

  limits(resource: string): readonly Limit[] {
    return this.windows(resource).map(({ limit }) => limit)
  }

  windows(resource: string): readonly SlidingWindow[] {
    const shares = this.#shareWindows(resource)
    return this.#connection.state === 'alone' ? shares : [...this.#shared.windows(resource), ...shares]
  }

  probeWindows(resource: string): readonly SlidingWindow[] {
    return this.#connection.state === 'alone' ? this.#own.probeWindows(resource) : this.#shared.probeWindows(resource)
  }

  /** Nothing: with other limits, a replica gets another store, and the calls are in Redis. */
  changeLimits(): void {}

  clearProbes(resource: string): void {
    this.#own.clearProbes(resource)
    this.#shared.clearProbes(resource)
  }

  pause(resource: string, until: number): void {
    this.#own.pause(resource, until)
    void this.#pauses.write(resource, until - this.#clock.elapsed())
  }

  pausedUntil(resource: string): number {
    return this.#own.pausedUntil(resource)
  }

  resume(resource: string): boolean {
    const isShared = this.#pauses.resume(resource)
    return this.#own.resume(resource) || isShared
  }

  async clearPauses(): Promise<ClearedPauses> {
    const shared = await this.#pauses.clear()
    return { ...this.#own.clearPauses(), shared }
  }

  onPausesCleared(listener: () => void): void {
    this.#own.onPausesCleared(listener)
  }

  onLost(): void {
    this.#restoredAt = Number.POSITIVE_INFINITY
    for (const share of this.#shares.values()) this.#own.useUp(share)
  }

  onRestored(): void {
    const now = this.#clock.elapsed()
    this.#restoredAt = now
    this.#shared.forgetLogs()
    void this.#shared.record(this.#ownCalls)
    void this.#shared.join()
    for (const resource of this.#own.pausedResources) {
      const left = this.#own.pausedUntil(resource) - now
      if (left > 0) void this.#pauses.write(resource, left)
    }
  }

  /** Acquires a slot in Redis; undefined when Redis is lost. */
  async #tryAcquireShared(id: string, resource: string, isProbe: boolean): Promise<number | null | undefined> {
    if (!(await this.#connection.isShared())) return undefined
    await this.#joined
    const acquire = () => this.#tryAcquireWithinShares(id, resource, isProbe)
    return this.#shareWindows(resource).length > 0 ? this.#acquiring.run(acquire) : acquire()
  }

  async #tryAcquireWithinShares(id: string, resource: string, isProbe: boolean): Promise<number | null | undefined> {
    const before = this.#clock.elapsed()
    const slot = this.#nextOwnSlot(resource, before)
    if (slot > before) return slot
    const result = await this.#shared.tryAcquire(id, resource, isProbe)
    if (!result) return undefined
    const now = this.#clock.elapsed()
    if (result.pause > 0) this.#own.pause(resource, now + result.pause)
    if (result.lost.length > 0) {
      this.#replaceLogs(result.lost, id)
      return Math.max(this.#nextOwnSlot(resource, now), now + result.wait)
    }
    if (result.wait > 0) return now + result.wait
    this.#own.record(resource, now, isProbe)
    this.#own.beginTrial(resource)
    return null
  }

  /** The next slot under the shares that are in force, and after a pause. */
  #nextOwnSlot(resource: string, now: number): number {
    const from = Math.max(now, this.#own.heldUntil(resource))
    const [slot = from] = estimateSlots(this.#shareWindows(resource), from, 1)
    return slot
  }

  /** The logs that were lost get the calls of this replica again, and those of the others when they notice it. */
  #replaceLogs(limits: readonly Limit[], notMade: string): void {
    const now = this.#clock.elapsed()
    void this.#shared.record(this.#ownCalls, limits, notMade)
    for (const limit of limits) {
      this.#lostAt.set(limit, now)
      this.#own.useUp(this.#shareOf(limit))
    }
  }

  /** The windows of the shares that are in force. */
  #shareWindows(resource: string): readonly SlidingWindow[] {
    const now = this.#clock.elapsed()
    const limits = limitsFor(this.#limits, resource).filter((limit) => {
      const from = Math.max(this.#restoredAt, this.#lostAt.get(limit) ?? Number.NEGATIVE_INFINITY)
      return now < Math.max(from + paddedWindow(this.#shareOf(limit)), this.#shared.incompleteUntil(limit))
    })
    const shares = new Set(limits.map((limit) => this.#shareOf(limit)))
    return this.#own.windows(resource).filter(({ limit }) => shares.has(limit))
  }

  #shareOf(limit: Limit): Limit {
    return this.#shares.get(limit) ?? limit
  }

  #recordOwn(call: RecordedCall): void {
    const longest = Math.max(0, ...this.#limits.map(paddedWindow))
    this.#ownCalls = [...this.#ownCalls.filter(({ at }) => at + longest > call.at), call]
  }
}

/** The share of one of several replicas. With more replicas than calls it is one call in a multiple of the window. */
function toShare(limit: Limit, replicas: number): Limit {
  const calls = Math.floor(limit.calls / replicas)
  return calls > 0
    ? { ...limit, calls }
    : { ...limit, calls: 1, window: limit.window * Math.ceil(replicas / limit.calls) }
}
