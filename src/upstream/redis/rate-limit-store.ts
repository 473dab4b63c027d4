import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { keptWindow, type Limit } from '../rate-limit/limit.ts'
import { estimateSlots, type SlidingWindow } from '../rate-limit/sliding-window.ts'
import { MemoryRateLimitStore, type RateLimitStore } from '../rate-limit/store.ts'
import type { Connection, Watcher } from './connection.ts'
import { type NamedCall, RedisSlidingWindow } from './shared-window.ts'

/**
 * The ledger that replicas share. Without Redis each has its share of every limit, and that counts as spent at first: nobody
 * knows any more what the others have just called. Once Redis is back a replica keeps to its share for one more window, by
 * when the others have written down what they called meanwhile.
 */
export class RedisRateLimitStore implements RateLimitStore, Watcher {
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #limits: readonly Limit[]
  readonly #shares: readonly Limit[]
  readonly #shared: RedisSlidingWindow
  /** The calls of this replica, under its shares. */
  readonly #own: MemoryRateLimitStore
  #ownCalls: readonly NamedCall[] = []
  /** When Redis came back; infinity while it is gone. */
  #returnedAt = Number.NEGATIVE_INFINITY

  constructor(
    clock: Clock,
    { connection, replicas }: { readonly connection: Connection; readonly replicas: number },
    keyOf: (part: string) => string,
    limits: readonly Limit[],
  ) {
    this.#clock = clock
    this.#connection = connection
    this.#limits = limits
    this.#shares = limits.map((limit) => shareOf(limit, replicas))
    this.#shared = new RedisSlidingWindow(clock, connection, keyOf, limits)
    this.#own = new MemoryRateLimitStore(clock, this.#shares)
    connection.watch(this)
  }

  async take(resource: string): Promise<number | null> {
    const name = randomUUID()
    const shared = await this.#takeShared(name, resource)
    const turn = shared === undefined ? this.#own.take(resource) : shared
    if (turn === null) this.#note({ name, resource, at: this.#clock.now() })
    return turn
  }

  windows(resource: string): readonly SlidingWindow[] {
    const shares = this.#binding(resource)
    return this.#connection.state === 'alone' ? shares : [...this.#shared.known(resource), ...shares]
  }

  pause(resource: string, until: number): void {
    this.#own.pause(resource, until)
    this.#shared.pause(resource, until - this.#clock.now())
  }

  pausedUntil(resource: string): number {
    return this.#own.pausedUntil(resource)
  }

  gone(): void {
    this.#returnedAt = Number.POSITIVE_INFINITY
    const now = this.#clock.now()
    for (const { resource, calls } of this.#shares)
      for (let spent = 0; spent < calls; spent += 1) this.#own.record(resource ?? '', now)
  }

  returned(): void {
    const now = this.#clock.now()
    this.#returnedAt = now
    this.#shared.write(this.#ownCalls)
    for (const resource of this.#own.paused) this.#shared.pause(resource, this.#own.pausedUntil(resource) - now)
  }

  /** Takes a turn by all that Redis knows; undefined when it is gone. */
  async #takeShared(name: string, resource: string): Promise<number | null | undefined> {
    if (!(await this.#connection.isShared())) return undefined
    const before = this.#clock.now()
    const from = Math.max(before, this.#own.pausedUntil(resource))
    const [turn = from] = estimateSlots(this.#binding(resource), from, 1)
    if (turn > before) return turn
    const taken = await this.#shared.take(name, resource)
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
    return this.#own.windows(resource).filter(({ limit }) => now < this.#returnedAt + keptWindow(limit))
  }

  #note(call: NamedCall): void {
    const longest = Math.max(0, ...this.#limits.map(keptWindow))
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
