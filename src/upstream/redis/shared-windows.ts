import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import {
  appliesTo,
  countedCalls,
  type Limit,
  limitsFor,
  paddedWindow,
  type SlidingWindow,
  toProbeLimit,
} from '../rate-limit/limit.ts'
import { acquireSlot, joinLogs, recordCalls } from './call-scripts.ts'
import type { RedisConnection } from './connection.ts'
import type { Keys } from './keys.ts'
import { KnownLog } from './known-log.ts'
import { deleteKeys } from './scripts.ts'
import { pausesTtl, type SharedPauses } from './shared-pauses.ts'

/** A call with an id, so that it counts once however often it is recorded. */
export interface RecordedCall {
  readonly id: string
  readonly resource: string
  /** Monotonic time. */
  readonly at: number
}

/** What Redis says about a slot. Times are in milliseconds. */
export interface SharedSlot {
  /** Zero when the call is recorded. */
  readonly wait: number
  /** What is left of a pause. */
  readonly pause: number
  /** The limits whose logs were lost: Redis was emptied, or has evicted them. */
  readonly lost: readonly Limit[]
}

/** A log is kept for a week after its last call, so that it is missing only when it was lost. */
const logTtl = 7 * 86_400_000
/** How often a pause that is over may be replaced by another one while its calls are let through. */
const maxAttempts = 3
/** How often a replica looks whether the first call after a pause was answered, in milliseconds. */
const pollInterval = 1_000

const acquired = z.tuple([
  z.enum(['recorded', 'full', 'paused']),
  z.number(),
  z.number(),
  z.string(),
  z.array(z.tuple([z.string(), z.array(z.coerce.number())])),
])
const joined = z.tuple([z.number(), z.array(z.string())])

/** The windows with the calls of all replicas. Redis's clock counts there; its times are converted to monotonic ones here. */
export class SharedWindows {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #pauses: SharedPauses
  readonly #limits: readonly Limit[]
  readonly #probeLimits: readonly Limit[]
  /** The times of the calls when Redis was asked last. */
  readonly #times = new Map<Limit, readonly number[]>()
  readonly #logs: ReadonlyMap<Limit, KnownLog>

  constructor(
    clock: Clock,
    connection: RedisConnection,
    keys: Keys,
    { limits, pauses }: { readonly limits: readonly Limit[]; readonly pauses: SharedPauses },
  ) {
    this.#clock = clock
    this.#connection = connection
    this.#keys = keys
    this.#pauses = pauses
    this.#limits = limits
    this.#probeLimits = limits.map(toProbeLimit)
    this.#logs = new Map(limits.map((limit) => [limit, new KnownLog(limit)]))
  }

  /** Begins to watch the logs: from now on, one that is missing was lost. */
  async join(): Promise<void> {
    if (this.#limits.length === 0 || !(await this.#connection.isShared())) return
    const logs = this.#limits.map((limit) => this.#logKey(limit))
    const { data } = joined.safeParse(await this.#connection.run(joinLogs, logs, [randomUUID(), logTtl]))
    if (!data) return
    const [redisNow, epochs] = data
    const ahead = redisNow - this.#clock.elapsed()
    // A log that was lost meanwhile is noticed by the next call.
    for (const [index, limit] of this.#limits.entries())
      this.#logs.get(limit)?.learn({ epoch: epochs[index] ?? '', redisNow }, ahead)
  }

  /** Forgets what is known of the logs: they may be those of another Redis, and the shares are in force anyway. */
  forgetLogs(): void {
    for (const log of this.#logs.values()) log.forget()
  }

  /** The monotonic time until which the log of a limit may lack calls that were made before it began. */
  incompleteUntil(limit: Limit): number {
    return this.#logs.get(limit)?.incompleteUntil ?? Number.NEGATIVE_INFINITY
  }

  /** Acquires a slot for a call; undefined when Redis is lost. */
  async tryAcquire(id: string, resource: string, isProbe: boolean): Promise<SharedSlot | undefined> {
    let [over, replacement] = ['', '']
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const found = await this.#tryAcquire(id, resource, isProbe, [over, replacement])
      if (!found) return undefined
      const { result, wait, lost, text } = found
      if (result === 'recorded' && lost.length === 0 && replacement !== '')
        this.#pauses.beginTrial(resource, replacement)
      if (result !== 'paused') return { wait, pause: 0, lost }
      const pause = this.#pauses.parse(resource, text)
      if (pause && pause.left > 0)
        return pause.kind === 'pause'
          ? { wait: Math.max(wait, pause.left), pause: pause.left, lost }
          : { wait: Math.max(wait, Math.min(pause.left, pollInterval)), pause: 0, lost }
      over = text
      replacement = pause ? this.#pauses.toTrial(resource) : ''
    }
    return { wait: pollInterval, pause: 0, lost: [] }
  }

  async #tryAcquire(id: string, resource: string, isProbe: boolean, pause: readonly [string, string]) {
    const counting = limitsFor(this.#limits, resource)
    const probing = isProbe ? limitsFor(this.#probeLimits, resource) : []
    const limits = [...counting, ...probing]
    const logs = [...counting.map((limit) => this.#logKey(limit)), ...probing.map((limit) => this.#probeKey(limit))]
    const windows = limits.map((limit, index) => {
      const length = Math.ceil(paddedWindow(limit))
      const hasEpoch = index < counting.length
      return { calls: limit.calls, length, ttl: hasEpoch ? logTtl : length, hasEpoch }
    })
    const [over, replacement] = pause
    const call = { id, resource, over, replacement, pausesTtl, random: randomUUID(), windows }
    const keys = [this.#pauses.key, ...logs]
    const { data } = acquired.safeParse(await this.#connection.run(acquireSlot, keys, [JSON.stringify(call)]))
    if (!data) return undefined
    const [result, wait, redisNow, text, found] = data
    const ahead = redisNow - this.#clock.elapsed()
    for (const [index, limit] of limits.entries())
      this.#times.set(limit, found[index]?.[1].map((at) => at - ahead) ?? [])
    const lost = counting.filter((limit, index) => {
      const [epoch, times] = found[index] ?? ['', []]
      return this.#logs.get(limit)?.isLost({ epoch, times, redisNow, isRecorded: result === 'recorded' }, ahead)
    })
    if (result === 'recorded' && lost.length === 0) for (const limit of counting) this.#logs.get(limit)?.add(redisNow)
    return { result, wait, lost, text }
  }

  /** Records calls that are not in the logs of these limits, and removes one that is not made. */
  async record(calls: readonly RecordedCall[], limits = this.#limits, notMade = ''): Promise<void> {
    const now = this.#clock.elapsed()
    const recorded = limits.map(async (limit) => {
      const counting = calls.filter(({ resource }) => appliesTo(limit, resource))
      const ages = counting.map(({ at }) => Math.floor(now - at))
      const args = [randomUUID(), logTtl, notMade, ...counting.flatMap(({ id }, index) => [ages[index] ?? 0, id])]
      const redisNow = await this.#connection.run(recordCalls, [this.#logKey(limit)], args)
      if (typeof redisNow === 'number') this.#logs.get(limit)?.replace(ages.map((age) => redisNow - age))
    })
    await Promise.all(recorded)
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

  #logKey({ resource, window }: Limit): string {
    return this.#keys.ofCalls(`calls:${window}:${resource ?? ''}`)
  }

  #probeKey({ resource, window }: Limit): string {
    return this.#keys.ofCalls(`probes:${window}:${resource ?? ''}`)
  }
}
