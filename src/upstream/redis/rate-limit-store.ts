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
} from '../rate-limit/limit.ts'
import { MemoryRateLimitStore, type RateLimitStore } from '../rate-limit/store.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import { pause, take, write } from './scripts.ts'

/**
 * The ledger that replicas share. Without Redis each has its share of every limit, and that counts as spent at first: nobody
 * knows any more what the others have just called. Once Redis is back a replica keeps to its share for one more window, by
 * when the others have written down what they called meanwhile.
 */
export class RedisRateLimitStore implements RateLimitStore, ConnectionListener {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #limits: readonly Limit[]
  readonly #shares: readonly Limit[]
  readonly #shared: RedisSlidingWindows
  /** The calls of this replica, under its shares. */
  readonly #own: MemoryRateLimitStore
  #ownCalls: readonly NamedCall[] = []
  /** When Redis came back; infinity while it is gone. */
  #returnedAt = Number.NEGATIVE_INFINITY

  constructor(
    clock: Clock,
    { connection, replicas }: { readonly connection: RedisConnection; readonly replicas: number },
    keyOf: (part: string) => string,
    limits: readonly Limit[],
  ) {
    this.#clock = clock
    this.#connection = connection
    this.#limits = limits
    this.#shares = limits.map((limit) => shareOf(limit, replicas))
    this.#shared = new RedisSlidingWindows(clock, connection, keyOf, limits)
    this.#own = new MemoryRateLimitStore(clock, this.#shares)
    connection.addListener(this)
  }

  async tryAcquire(resource: string): Promise<number | null> {
    const name = randomUUID()
    const shared = await this.#takeShared(name, resource)
    const turn = shared === undefined ? this.#own.tryAcquire(resource) : shared
    if (turn === null) this.#note({ name, resource, at: this.#clock.now() })
    return turn
  }

  windows(resource: string): readonly SlidingWindow[] {
    const shares = this.#binding(resource)
    return this.#connection.state === 'alone' ? shares : [...this.#shared.windows(resource), ...shares]
  }

  pause(resource: string, until: number): void {
    this.#own.pause(resource, until)
    this.#shared.pause(resource, until - this.#clock.now())
  }

  pausedUntil(resource: string): number {
    return this.#own.pausedUntil(resource)
  }

  onLost(): void {
    this.#returnedAt = Number.POSITIVE_INFINITY
    const now = this.#clock.now()
    for (const { resource, calls } of this.#shares)
      for (let spent = 0; spent < calls; spent += 1) this.#own.record(resource ?? '', now)
  }

  onRestored(): void {
    const now = this.#clock.now()
    this.#returnedAt = now
    this.#shared.record(this.#ownCalls)
    for (const resource of this.#own.paused) this.#shared.pause(resource, this.#own.pausedUntil(resource) - now)
  }

  /** Takes a turn by all that Redis knows; undefined when it is gone. */
  async #takeShared(name: string, resource: string): Promise<number | null | undefined> {
    if (!(await this.#connection.isShared())) return undefined
    const before = this.#clock.now()
    const from = Math.max(before, this.#own.pausedUntil(resource))
    const [turn = from] = estimateSlots(this.#binding(resource), from, 1)
    if (turn > before) return turn
    const taken = await this.#shared.tryAcquire(name, resource)
    if (!taken) return undefined
    const now = this.#clock.now()
    if (taken.pause > 0) this.#own.pause(resource, now + taken.pause)
    if (taken.wait > 0) return now + taken.wait
    this.#own.record(resource, now)
    return null
  }

  /** The shares that have to be kept to. */
  #binding(resource: string): readonly SlidingWindow[] {
    const now = this.#clock.now()
    return this.#own.windows(resource).filter(({ limit }) => now < this.#returnedAt + paddedWindow(limit))
  }

  #note(call: NamedCall): void {
    const longest = Math.max(0, ...this.#limits.map(paddedWindow))
    this.#ownCalls = [...this.#ownCalls.filter(({ at }) => at + longest > call.at), call]
  }
}

/** What each of several replicas may call by itself: where there are more of them than calls, one call in as many windows more. */
function shareOf(limit: Limit, replicas: number): Limit {
  const calls = Math.floor(limit.calls / replicas)
  return calls > 0
    ? { ...limit, calls }
    : { ...limit, calls: 1, window: limit.window * Math.ceil(replicas / limit.calls) }
}

/** A call, with a name by which it counts once however often it is written down. */
export interface NamedCall {
  readonly name: string
  readonly resource: string
  readonly at: number
}

const answer = z.tuple([z.number(), z.number(), z.number(), z.array(z.array(z.coerce.number()))])

/** The calls of all replicas, in Redis. Redis's clock counts there; what comes from it is told by the clock of this process. */
export class RedisSlidingWindows {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keyOf: (part: string) => string
  readonly #limits: readonly Limit[]
  /** As of the last time that Redis was asked. */
  readonly #known = new Map<Limit, readonly number[]>()

  constructor(clock: Clock, connection: RedisConnection, keyOf: (part: string) => string, limits: readonly Limit[]) {
    this.#clock = clock
    this.#connection = connection
    this.#keyOf = keyOf
    this.#limits = limits
  }

  /** Milliseconds to wait, none if the call is written down, and what is left of a pause; nothing when Redis is gone. */
  async tryAcquire(
    name: string,
    resource: string,
  ): Promise<{ readonly wait: number; readonly pause: number } | undefined> {
    const limits = limitsFor(this.#limits, resource)
    const keys = [this.#keyOfPause(resource), ...limits.map((limit) => this.#keyOfLog(limit))]
    const args = limits.flatMap((limit) => [limit.calls, wholeWindow(limit)])
    const { data } = answer.safeParse(await this.#connection.run(take, keys, [name, ...args]))
    if (!data) return undefined
    const [wait, pause, theirNow, logs] = data
    const ahead = theirNow - this.#clock.now()
    for (const [index, limit] of limits.entries()) this.#known.set(limit, logs[index]?.map((at) => at - ahead) ?? [])
    return { wait, pause }
  }

  record(calls: readonly NamedCall[]): void {
    const now = this.#clock.now()
    for (const limit of this.#limits) {
      const counting = calls.filter(({ resource }) => appliesTo(limit, resource))
      const ages = counting.flatMap(({ at, name }) => [Math.max(0, now - at), name])
      if (ages.length > 0) void this.#connection.run(write, [this.#keyOfLog(limit)], [wholeWindow(limit), ...ages])
    }
  }

  pause(resource: string, milliseconds: number): void {
    if (milliseconds > 0) void this.#connection.run(pause, [this.#keyOfPause(resource)], [Math.ceil(milliseconds)])
  }

  windows(resource: string): readonly SlidingWindow[] {
    const now = this.#clock.now()
    const logs = limitsFor(this.#limits, resource).map((limit) => ({ limit, times: this.#known.get(limit) ?? [] }))
    return logs.map((log) => ({ ...log, times: countedCalls(log, now) }))
  }

  #keyOfLog({ resource, window }: Limit): string {
    return this.#keyOf(`calls:${window}:${resource ?? ''}`)
  }

  #keyOfPause(resource: string): string {
    return this.#keyOf(`pause:${resource}`)
  }
}

/** Redis counts in whole milliseconds. */
function wholeWindow(limit: Limit): number {
  return Math.ceil(paddedWindow(limit))
}
