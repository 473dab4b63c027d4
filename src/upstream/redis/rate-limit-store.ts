import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import {
  appliesTo,
  countedCalls,
  estimateSlots,
  type Limit,
  limitsFor,
  paddedWindow,
  type SlidingWindow,
  toProbeLimit,
} from '../rate-limit/limit.ts'
import { type ClearedPauses, MemoryRateLimitStore, type RateLimitStore } from '../rate-limit/store.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import { acquireSlot, deleteKeys, pauseResource, recordCalls } from './scripts.ts'

/**
 * The store that replicas share. Without Redis, a replica has its share of every limit, which counts as used up at first:
 * what the others have just called is not known. When Redis is back, the replica keeps to its share for one more window,
 * until all others have recorded what they called meanwhile.
 */
export class RedisRateLimitStore implements RateLimitStore, ConnectionListener {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #limits: readonly Limit[]
  readonly #shares: readonly Limit[]
  readonly #shared: RedisSlidingWindows
  /** The calls of this replica, under its shares. */
  readonly #own: MemoryRateLimitStore
  #ownCalls: readonly RecordedCall[] = []
  /** Monotonic time at which Redis came back; infinity while it is lost. */
  #restoredAt = Number.NEGATIVE_INFINITY

  constructor(
    clock: Clock,
    { connection, replicas }: { readonly connection: RedisConnection; readonly replicas: number },
    keyOf: (part: string) => string,
    limits: readonly Limit[],
  ) {
    this.#clock = clock
    this.#connection = connection
    this.#limits = limits
    this.#shares = limits.map((limit) => toShare(limit, replicas))
    this.#shared = new RedisSlidingWindows(clock, connection, keyOf, limits)
    this.#own = new MemoryRateLimitStore(clock, this.#shares)
    connection.addListener(this)
  }

  async tryAcquire(resource: string, isProbe = false): Promise<number | null> {
    const id = randomUUID()
    const shared = await this.#tryAcquireShared(id, resource, isProbe)
    const slot = shared === undefined ? this.#own.tryAcquire(resource, isProbe) : shared
    if (slot === null) this.#recordOwn({ id, resource, at: this.#clock.elapsed() })
    return slot
  }

  windows(resource: string): readonly SlidingWindow[] {
    const shares = this.#shareWindows(resource)
    return this.#connection.state === 'alone' ? shares : [...this.#shared.windows(resource), ...shares]
  }

  probeWindows(resource: string): readonly SlidingWindow[] {
    return this.#connection.state === 'alone' ? this.#own.probeWindows(resource) : this.#shared.probeWindows(resource)
  }

  clearProbes(resource: string): void {
    this.#own.clearProbes(resource)
    this.#shared.clearProbes(resource)
  }

  pause(resource: string, until: number): void {
    this.#own.pause(resource, until)
    this.#shared.pause(resource, until - this.#clock.elapsed())
  }

  pausedUntil(resource: string): number {
    return this.#own.pausedUntil(resource)
  }

  resume(resource: string): boolean {
    return this.#own.resume(resource)
  }

  async clearPauses(): Promise<ClearedPauses> {
    const shared = await this.#shared.clearPauses(this.#own.pausedResources)
    return { ...this.#own.clearPauses(), shared }
  }

  onPausesCleared(listener: () => void): void {
    this.#own.onPausesCleared(listener)
  }

  onLost(): void {
    this.#restoredAt = Number.POSITIVE_INFINITY
    const now = this.#clock.elapsed()
    for (const { resource, calls } of this.#shares)
      for (let used = 0; used < calls; used += 1) this.#own.record(resource ?? '', now)
  }

  onRestored(): void {
    const now = this.#clock.elapsed()
    this.#restoredAt = now
    this.#shared.record(this.#ownCalls)
    for (const resource of this.#own.pausedResources)
      this.#shared.pause(resource, this.#own.pausedUntil(resource) - now)
  }

  /** Acquires a slot in Redis; undefined when Redis is lost. */
  async #tryAcquireShared(id: string, resource: string, isProbe: boolean): Promise<number | null | undefined> {
    if (!(await this.#connection.isShared())) return undefined
    const before = this.#clock.elapsed()
    const from = Math.max(before, this.#own.heldUntil(resource))
    const [slot = from] = estimateSlots(this.#shareWindows(resource), from, 1)
    if (slot > before) return slot
    const result = await this.#shared.tryAcquire(id, resource, isProbe)
    if (!result) return undefined
    const now = this.#clock.elapsed()
    if (result.pause > 0) this.#own.pause(resource, now + result.pause)
    if (result.wait > 0) return now + result.wait
    this.#own.record(resource, now, isProbe)
    this.#own.beginTrial(resource)
    return null
  }

  /** The windows of the shares that are in force. */
  #shareWindows(resource: string): readonly SlidingWindow[] {
    const now = this.#clock.elapsed()
    return this.#own.windows(resource).filter(({ limit }) => now < this.#restoredAt + paddedWindow(limit))
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

/** A call with an id, so that it counts once however often it is recorded. */
interface RecordedCall {
  readonly id: string
  readonly resource: string
  /** Monotonic time. */
  readonly at: number
}

const acquired = z.tuple([z.number(), z.number(), z.number(), z.array(z.array(z.coerce.number()))])

/** The windows with the calls of all replicas. Redis's clock counts there; its times are converted to monotonic ones here. */
class RedisSlidingWindows {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keyOf: (part: string) => string
  readonly #limits: readonly Limit[]
  readonly #probeLimits: readonly Limit[]
  /** The times of the calls when Redis was asked last. */
  readonly #times = new Map<Limit, readonly number[]>()

  constructor(clock: Clock, connection: RedisConnection, keyOf: (part: string) => string, limits: readonly Limit[]) {
    this.#clock = clock
    this.#connection = connection
    this.#keyOf = keyOf
    this.#limits = limits
    this.#probeLimits = limits.map(toProbeLimit)
  }

  /** Milliseconds to wait, zero when the call is recorded, and the time left of a pause; undefined when Redis is lost. */
  async tryAcquire(
    id: string,
    resource: string,
    isProbe: boolean,
  ): Promise<{ readonly wait: number; readonly pause: number } | undefined> {
    const counting = limitsFor(this.#limits, resource)
    const probing = isProbe ? limitsFor(this.#probeLimits, resource) : []
    const limits = [...counting, ...probing]
    const windowKeys = [
      ...counting.map((limit) => this.#windowKey(limit)),
      ...probing.map((limit) => this.#probeKey(limit)),
    ]
    const keys = [this.#pauseKey(resource), ...windowKeys]
    const args = limits.flatMap((limit) => [limit.calls, toWholeWindow(limit)])
    const { data } = acquired.safeParse(await this.#connection.run(acquireSlot, keys, [id, ...args]))
    if (!data) return undefined
    const [wait, pause, redisNow, windows] = data
    const ahead = redisNow - this.#clock.elapsed()
    for (const [index, limit] of limits.entries()) this.#times.set(limit, windows[index]?.map((at) => at - ahead) ?? [])
    return { wait, pause }
  }

  record(calls: readonly RecordedCall[]): void {
    const now = this.#clock.elapsed()
    for (const limit of this.#limits) {
      const counting = calls.filter(({ resource }) => appliesTo(limit, resource))
      const ages = counting.flatMap(({ at, id }) => [Math.floor(now - at), id])
      if (ages.length > 0)
        void this.#connection.run(recordCalls, [this.#windowKey(limit)], [toWholeWindow(limit), ...ages])
    }
  }

  pause(resource: string, milliseconds: number): void {
    if (milliseconds > 0)
      void this.#connection.run(pauseResource, [this.#pauseKey(resource)], [Math.ceil(milliseconds)])
  }

  /** Deletes the pauses of these resources, and returns how many there were. */
  async clearPauses(resources: readonly string[]): Promise<number> {
    const keys = resources.map((resource) => this.#pauseKey(resource))
    return keys.length > 0 ? Number((await this.#connection.run(deleteKeys, keys)) ?? 0) : 0
  }

  windows(resource: string): readonly SlidingWindow[] {
    return this.#counted(limitsFor(this.#limits, resource))
  }

  probeWindows(resource: string): readonly SlidingWindow[] {
    return this.#counted(limitsFor(this.#probeLimits, resource))
  }

  clearProbes(resource: string): void {
    const limits = limitsFor(this.#probeLimits, resource)
    for (const limit of limits) this.#times.delete(limit)
    const keys = limits.map((limit) => this.#probeKey(limit))
    if (keys.length > 0) void this.#connection.run(deleteKeys, keys)
  }

  #counted(limits: readonly Limit[]): readonly SlidingWindow[] {
    const now = this.#clock.elapsed()
    return limits.map((limit) => ({ limit, times: countedCalls({ limit, times: this.#times.get(limit) ?? [] }, now) }))
  }

  #windowKey({ resource, window }: Limit): string {
    return this.#keyOf(`calls:${window}:${resource ?? ''}`)
  }

  #probeKey({ resource, window }: Limit): string {
    return this.#keyOf(`probes:${window}:${resource ?? ''}`)
  }

  #pauseKey(resource: string): string {
    return this.#keyOf(`pause:${resource}`)
  }
}

/** The length of the window for Redis, which counts in whole milliseconds. */
function toWholeWindow(limit: Limit): number {
  return Math.ceil(paddedWindow(limit))
}
