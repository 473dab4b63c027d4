import { LRUCache } from 'lru-cache'
import type { UpstreamDependencies } from '../dependencies.ts'
import { notCalled } from '../error.ts'
import type { CacheEntries } from './cache-entries.ts'
import type { EntryAges } from './entry-ages.ts'
import type { CacheEntry, Reading, ReadingState, ReadingTask, ReadOptions } from './reading.ts'
import { toReading } from './reading-result.ts'
import type { Refreshes } from './refreshes.ts'
import { unrefreshed } from './unrefreshed.ts'

/** Milliseconds after an operation has read something for which it counts as in use, at least. */
const minUse = 60_000
/** Milliseconds. */
const usePrecision = 1_000
/** More readings than a process has. */
const maxUses = 20_000

/** What would happen to an operation that needs a reading. */
export interface InspectedReading<Value> {
  /** The last reading; null when there is none. */
  readonly reading: Reading<Value> | null
  /** Whether the operation would be served it without waiting. */
  readonly isKept: boolean
  /** Whether another reading would begin. */
  readonly begins: boolean
}

interface Parts<Value extends object> {
  readonly entries: CacheEntries<Value>
  readonly refreshes: Refreshes<Value>
  readonly ages: EntryAges
}

/** What is known of the readings of a cache. Begins none. */
export class KnownReadings<Value extends object> {
  readonly #upstream: UpstreamDependencies
  readonly #entries: CacheEntries<Value>
  readonly #refreshes: Refreshes<Value>
  readonly #ages: EntryAges
  /** The monotonic time at which an operation has read each reading last. Prefetching is no operation. */
  readonly #uses = new LRUCache<string, number>({ maxSize: maxUses, sizeCalculation: () => 1 })

  constructor(upstream: UpstreamDependencies, { entries, refreshes, ages }: Parts<Value>) {
    this.#upstream = upstream
    this.#entries = entries
    this.#refreshes = refreshes
    this.#ages = ages
  }

  /** An operation has read it. Recorded once in a second: what is in use is read by one operation after another. */
  markUsed(key: string): void {
    const now = this.#upstream.clock.elapsed()
    const usedAt = this.#uses.peek(key)
    if (usedAt === undefined || now >= usedAt + usePrecision) this.#uses.set(key, now)
  }

  /** The entry, unless it is too old even for a vendor that fails. */
  usable(task: ReadingTask<Value>): CacheEntry<Value> | undefined {
    const entry = this.#entries.get(task.key)
    return entry && this.#ages.isServed(entry, task) ? entry : undefined
  }

  /**
   * Whether an operation is served the entry at once although it is too old, or from before the last change: it is from before
   * the start, and no attempt to make another one has ended since. An operation with a `maxStaleness` waits, and so does one
   * after a change by this process or by a replica.
   */
  isServedUnrefreshed(
    entry: CacheEntry<Value>,
    task: ReadingTask<Value>,
    change: string | null,
    options: ReadOptions | null,
  ): boolean {
    if (!entry.isRestored || (options && this.#ages.maxAge(options) !== undefined)) return false
    const { changes } = task
    const isOutdated = entry.change !== change
    if (isOutdated && (!changes || changes.isShared || changes.count > 0)) return false
    return (isOutdated || this.#ages.isOverdue(entry, task)) && this.#refreshes.failure(task, change) === null
  }

  /** The value of the last reading, whatever its age; null when there is none. It is not marked as used. */
  last(key: string): Value | null {
    return this.#entries.peek(key)?.value ?? null
  }

  /** The last reading, without a call; null when there is none, and when it is too old to be served. */
  lastReading(task: ReadingTask<Value>): Reading<Value> | null {
    const entry = this.#entries.peek(task.key)
    if (!entry || !this.#ages.isServed(entry, task)) return null
    return toReading(entry, this.#refreshes.failure(task, task.changes?.latestKnown ?? null))
  }

  /** The last reading, for an operation that makes no other one. @throws UpstreamError when there is none */
  serve(task: ReadingTask<Value>, options: ReadOptions): Reading<Value> {
    const { reading, isKept } = this.inspect(task, options)
    const error = this.state(task).failure?.error ?? (isKept ? null : notCalled())
    if (reading) return { ...reading, stale: error !== null, error }
    throw error ?? notCalled()
  }

  /** What would happen to an operation now. */
  inspect(task: ReadingTask<Value>, options: ReadOptions): InspectedReading<Value> {
    const change = task.changes?.latestKnown ?? null
    const entry = this.usable(task)
    const isKept =
      entry !== undefined &&
      ((entry.change === change && this.#ages.isRecentEnough(entry, task, options)) ||
        this.isServedUnrefreshed(entry, task, change, options))
    const interval = this.#ages.maxAge(options) === undefined ? 0 : this.#upstream.settings.minReadingAge
    // A reading that is served may be due: it is refreshed in the background.
    const isDue = !entry || !isKept || this.#ages.isDue(entry, task)
    const begins = isDue && this.#refreshes.mayBegin(task, options, { startedAfter: 0, change, interval })
    return { reading: entry ? toReading(entry, null) : null, isKept, begins }
  }

  /**
   * The monotonic time until which every operation without `maxStaleness` is served this reading, unless an event is published
   * before. Null when another operation may be served another one, or may cause a call.
   */
  freshUntil(task: ReadingTask<Value>, reading: Reading<unknown>): number | null {
    const entry = this.#entries.peek(task.key)
    // A change is looked up by every operation: another replica may have made it.
    if (!entry || entry.value !== reading.value || reading.error) return null
    if (task.changes || this.#refreshes.failure(task, null)) return null
    return this.#ages.isDue(entry, task) ? null : entry.readAt + task.ttl
  }

  /** The state of a reading. It is not marked as used. */
  state(task: ReadingTask<Value>): ReadingState<Value> {
    const { clock, settings } = this.#upstream
    const now = clock.elapsed()
    const change = task.changes?.latestKnown ?? null
    const entry = this.#entries.peek(task.key)
    const isDue = !entry || entry.change !== change || this.#ages.isDue(entry, task)
    const current = this.#refreshes.current(task.key)
    const isWaiting = current !== undefined && current.slotAt !== null && current.slotAt > now
    const last = this.#refreshes.lastFailure(task, change)
    // A pause that the vendor asks for may take minutes, in which the attempt does not end.
    const waiting = isWaiting && isDue && !last ? current.waitingError : null
    const isPaused = waiting?.code === 'UPSTREAM_RATE_LIMITED' && waiting.details.httpStatus !== undefined
    // Without an attempt, nothing has needed a newer reading.
    const isUnrefreshed =
      current !== undefined && entry !== undefined && this.isServedUnrefreshed(entry, task, change, null)
    const failure =
      last ??
      (isPaused ? { error: waiting, answer: waiting, at: now } : null) ??
      (isUnrefreshed ? { error: unrefreshed, answer: null, at: entry.readAt } : null)
    const usedAt = this.#uses.peek(task.key) ?? Number.NEGATIVE_INFINITY
    const isServed = entry !== undefined && this.#ages.isServed(entry, task)
    return {
      reading: isServed ? { value: entry.value, asOf: entry.asOf, age: now - entry.startedAt } : null,
      wasRead: entry !== undefined,
      isUp: entry !== undefined && failure === null,
      isDue,
      isOverdue: !entry || this.#ages.isOverdue(entry, task),
      failure,
      attemptedSince: this.#refreshes.attemptedSince(task, change),
      isWaiting,
      isInUse: now - usedAt < Math.max(minUse, task.ttl + settings.staleWhileRevalidate),
    }
  }
}
