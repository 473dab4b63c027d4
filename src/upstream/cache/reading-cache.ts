import { getHeapStatistics } from 'node:v8'
import { LRUCache } from 'lru-cache'
import { untilAbortedOr } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { isReadingFailure, operationEnded, UpstreamError } from '../error.ts'
import { FailureCache } from './failure-cache.ts'
import { makeReading, sharedAs } from './make-reading.ts'
import type { CacheEntry, Reading, ReadingTask } from './reading.ts'
import { type ReadOptions, Refresh } from './refresh.ts'

const maxFailures = 20_000
/** A row takes about 2 kB, and an entry as much as a row: the six kinds of readings may fill half of the heap. */
const mostRows = Math.floor(getHeapStatistics().heap_size_limit / 2 / 6 / 2_000)

/** The readings of this process: each is made once for all who wait for it, and runs on whoever leaves. */
export class ReadingCache<Value extends object> {
  readonly #upstream: UpstreamDependencies
  readonly #kept: LRUCache<string, CacheEntry<Value>>
  readonly #failures: FailureCache
  readonly #pendingWork = new Map<string, Refresh<CacheEntry<Value>>>()

  /**
   * @param weigh how many rows a value holds; `most` bounds their sum, and the least recently used go first. One that is
   * larger by itself drives all others out, and stays: without it there would be nothing to answer with.
   */
  constructor(upstream: UpstreamDependencies, weigh: (value: Value) => number, most = mostRows) {
    this.#upstream = upstream
    this.#failures = new FailureCache(upstream.clock, maxFailures)
    this.#kept = new LRUCache({
      // `max` would allocate room for that many entries at once.
      maxSize: most,
      sizeCalculation: ({ value }) => Math.min(most, 1 + weigh(value)),
    })
  }

  /**
   * One that is due but not too old for the reader is served at once and renewed behind. One that is too old is renewed
   * first; when that fails, or takes longer than the reader has, it is served with the reason.
   * @throws UpstreamError when there is none to serve
   */
  async read(task: ReadingTask<Value>, reader: ReadOptions): Promise<Reading<Value>> {
    const { changes } = task
    // Redis may hang for longer than a reader has.
    const change = changes ? await untilAbortedOr(changes.latest(), reader.signal, () => changes.latestKnown) : null
    const known = this.#usable(task)
    const recall = () => untilAbortedOr(this.#recall(task, change), reader.signal, () => known)
    const kept = known?.change === change ? known : ((await recall()) ?? known)
    const askedAt = this.#upstream.clock.now()
    const oldest = this.#oldest(reader)
    const serves = kept?.change === change && this.#serves(kept, task, reader)
    const isDue = !serves || askedAt >= kept.readAt + task.ttl
    const renewal = isDue ? this.#renew(task, reader, serves, change) : null
    if (serves) return toReading(kept, this.#failures.get(keyOf(task, change)))
    try {
      if (!renewal) throw this.#failures.get(keyOf(task, change)) ?? operationEnded(reader.signal.reason)
      const made = await renewal.wait(reader, kept !== undefined && oldest === undefined)
      // It may have been begun long before it was asked for.
      const isTooOld = oldest !== undefined && askedAt - made.asOf > oldest
      return isTooOld ? await this.read(task, reader) : toReading(made, null)
    } catch (error) {
      const last = this.#usable(task) ?? this.#fromFuture(task)
      if (last && error instanceof UpstreamError) return toReading(last, error)
      throw error
    }
  }

  /** Old ones serve when the vendor fails. One from the future does not: the clock was set back, and nobody knows its age. */
  #usable({ key, ttl }: ReadingTask<Value>): CacheEntry<Value> | undefined {
    const { clock, settings } = this.#upstream
    const kept = this.#kept.get(key)
    if (!kept || clock.now() < kept.asOf) return undefined
    const beyond = Math.max(settings.staleWhileRevalidate, settings.staleIfError)
    return clock.now() < kept.readAt + ttl + beyond ? kept : undefined
  }

  /** One that was read before the clock was set back, as the last resort: as far as anybody knows, it is from now. */
  #fromFuture({ key }: ReadingTask<Value>): CacheEntry<Value> | undefined {
    const now = this.#upstream.clock.now()
    const kept = this.#kept.get(key)
    return kept && now < kept.asOf ? { ...kept, asOf: now } : undefined
  }

  /** What another replica read, when nothing was read here since the last change. */
  async #recall(task: ReadingTask<Value>, change: string | null): Promise<CacheEntry<Value> | undefined> {
    const shared = sharedAs(task, change)
    const reading = shared && (await this.#upstream.replicas.readings.get(shared.identity))
    const known = this.#kept.get(task.key)
    if (reading && !(known?.change === change && known.asOf >= reading.asOf)) {
      const { rows, ...times } = reading
      this.#kept.set(task.key, { value: task.toValue(rows), ...times, change })
      this.#failures.clear(keyOf(task, change), reading.asOf)
    }
    return this.#usable(task)
  }

  #serves({ asOf, readAt }: CacheEntry<Value>, { ttl }: ReadingTask<Value>, reader: ReadOptions): boolean {
    const now = this.#upstream.clock.now()
    const oldest = this.#oldest(reader)
    return oldest === undefined
      ? now < readAt + ttl + this.#upstream.settings.staleWhileRevalidate
      : now - asOf <= oldest
  }

  /** How old a reading may be for a reader who says so; never less than has to lie between two of them. */
  #oldest({ maxStaleness }: ReadOptions): number | undefined {
    return maxStaleness === undefined ? undefined : Math.max(maxStaleness, this.#upstream.settings.minReadingAge)
  }

  /** The renewal under way, or a new one; null when it is too late for the reader, or too early after a failure. */
  #renew(
    task: ReadingTask<Value>,
    reader: ReadOptions,
    isServed: boolean,
    change: string | null,
  ): Refresh<CacheEntry<Value>> | null {
    const { clock, settings } = this.#upstream
    const oldest = this.#oldest(reader)
    // What is renewed behind has to be younger than what is served.
    const since = clock.now() - (oldest === undefined || isServed ? task.ttl : oldest)
    const pendingWork = this.#pendingWork.get(task.key)
    if (pendingWork?.change === change) {
      pendingWork.startedAfter = Math.max(pendingWork.startedAfter, since)
      return pendingWork
    }
    const between = oldest === undefined ? 0 : settings.minReadingAge
    if (reader.signal.aborted || this.#failures.isBackingOff(keyOf(task, change), between)) return null
    const renewal = new Refresh<CacheEntry<Value>>(clock, since, change, (self) => this.#make(task, self, reader))
    this.#pendingWork.set(task.key, renewal)
    return renewal
  }

  async #make(
    task: ReadingTask<Value>,
    renewal: Refresh<CacheEntry<Value>>,
    begunFor: ReadOptions,
  ): Promise<CacheEntry<Value>> {
    const { clock, log } = this.#upstream
    const begunAt = clock.now()
    try {
      const kept = await makeReading(task, renewal, this.#upstream, begunFor)
      if (this.#isNewest(task, renewal)) this.#kept.set(task.key, kept)
      this.#failures.clear(keyOf(task, renewal.change), begunAt)
      return kept
    } catch (error) {
      if (error instanceof UpstreamError) this.#failures.add(keyOf(task, renewal.change), error, begunAt)
      else if (!isReadingFailure(error)) log.error({ err: error }, 'a reading failed unexpectedly')
      throw error
    } finally {
      if (this.#isNewest(task, renewal)) this.#pendingWork.delete(task.key)
    }
  }

  /** After a change another one may have begun. */
  #isNewest({ key }: ReadingTask<Value>, renewal: Refresh<CacheEntry<Value>>): boolean {
    return this.#pendingWork.get(key) === renewal
  }
}

function toReading<Value>({ value, asOf }: CacheEntry<Value>, error: UpstreamError | null): Reading<Value> {
  return { value, asOf, stale: error !== null, error }
}

/** What failed before a change says nothing of what is read after it. */
function keyOf({ key }: ReadingTask<unknown>, change: string | null): string {
  return change === null ? key : `${key} ${change}`
}
