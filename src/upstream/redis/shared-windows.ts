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
  z.enum(['recorded', 'full', 'paused', 'lost']),
  z.number(),
  z.number(),
  z.array(z.array(z.coerce.number())),
  z.array(z.string()),
  z.string(),
])
const joined = z.array(z.string())

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
  /** The epochs of the logs that are known. */
  readonly #epochs = new Map<Limit, string>()

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
  }

  /** Begins to watch the logs: from now on, one that is missing was lost. */
  async join(): Promise<void> {
    if (this.#limits.length === 0 || !(await this.#connection.isShared())) return
    const logs = this.#limits.map((limit) => this.#logKey(limit))
    const { data } = joined.safeParse(await this.#connection.run(joinLogs, logs, [randomUUID(), logTtl]))
    // A log that was lost meanwhile is noticed by the next call.
    if (data) for (const [index, limit] of this.#limits.entries()) this.#learn(limit, data[index] ?? '', true)
  }

  /** Forgets the epochs: the logs may be those of another Redis, and the shares are in force anyway. */
  forgetEpochs(): void {
    this.#epochs.clear()
  }

  /** Acquires a slot for a call; undefined when Redis is lost. */
  async tryAcquire(id: string, resource: string, isProbe: boolean): Promise<SharedSlot | undefined> {
    let [over, replacement] = ['', '']
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const found = await this.#tryAcquire(id, resource, isProbe, [over, replacement])
      if (!found) return undefined
      const { result, wait, lost, text } = found
      if (result === 'recorded' && replacement !== '') this.#pauses.beginTrial(resource, replacement)
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
    const args = limits.flatMap((limit, index) => {
      const epoch = index < counting.length ? (this.#epochs.get(limit) ?? '') : '-'
      return [limit.calls, toWholeWindow(limit), epoch]
    })
    const options = [id, resource, ...pause, pausesTtl, randomUUID(), logTtl]
    const keys = [this.#pauses.key, ...logs]
    const { data } = acquired.safeParse(await this.#connection.run(acquireSlot, keys, [...options, ...args]))
    if (!data) return undefined
    const [result, wait, redisNow, windows, epochs, text] = data
    const ahead = redisNow - this.#clock.elapsed()
    for (const [index, limit] of limits.entries()) this.#times.set(limit, windows[index]?.map((at) => at - ahead) ?? [])
    const lost =
      result === 'lost'
        ? counting.filter((limit, index) => this.#epochs.has(limit) && this.#epochs.get(limit) !== epochs[index])
        : []
    for (const [index, limit] of counting.entries()) this.#learn(limit, epochs[index] ?? '')
    return { result, wait, lost, text }
  }

  /** Records calls that are not in the logs of these limits. */
  record(calls: readonly RecordedCall[], limits = this.#limits): void {
    const now = this.#clock.elapsed()
    for (const limit of limits) {
      const counting = calls.filter(({ resource }) => appliesTo(limit, resource))
      const ages = counting.flatMap(({ at, id }) => [Math.floor(now - at), id])
      void this.#connection.run(recordCalls, [this.#logKey(limit)], [randomUUID(), logTtl, ...ages])
    }
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

  #learn(limit: Limit, epoch: string, isFirst = false): void {
    if (epoch !== '' && !(isFirst && this.#epochs.has(limit))) this.#epochs.set(limit, epoch)
  }

  #logKey({ resource, window }: Limit): string {
    return this.#keys.ofCalls(`calls:${window}:${resource ?? ''}`)
  }

  #probeKey({ resource, window }: Limit): string {
    return this.#keys.ofCalls(`probes:${window}:${resource ?? ''}`)
  }
}

/** The length of the window for Redis, which counts in whole milliseconds. */
function toWholeWindow(limit: Limit): number {
  return Math.ceil(paddedWindow(limit))
}
