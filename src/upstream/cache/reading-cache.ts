import { getHeapStatistics } from 'node:v8'
import { LRUCache } from 'lru-cache'
import type { CallContext } from '../call/context.ts'
import type { ResiliencePipeline } from '../call/resilience-pipeline.ts'
import { whileWanted } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { isReadingFailure, operationEnded, UpstreamError } from '../error.ts'
import type { Wanted } from '../replicas.ts'
import type { Changes } from './changes.ts'
import { Failures } from './failures.ts'
import { makeReading, sharedAs } from './make-reading.ts'
import { Refresh, type RefreshListener } from './refresh.ts'
import type { Rows } from './rows.ts'

/** What was read, and when. */
export interface Reading<Value> {
  readonly value: Value
  /** The moment the first call was made that it comes from: nothing in it is older. */
  readonly asOf: number
  /** The last attempt to renew it failed, or found no budget. */
  readonly stale: boolean
  /** Why, when it is stale. */
  readonly error: UpstreamError | null
}

/** One place to be read, and how. */
export interface ReadingTask<Value> {
  readonly key: string
  readonly pipeline: ResiliencePipeline
  /** How long the reading serves, in milliseconds. */
  readonly ttl: number
  /** How it is handed to other replicas; null when it is not. */
  readonly shared: Pick<Wanted, 'identity' | 'fields'> | null
  /** What this program changes there; absent where it changes nothing. */
  readonly changes?: Changes
  read(context: CallContext): Promise<Rows>
  toValue(rows: Rows): Value
}

/** A reading that may serve. */
export interface CacheEntry<Value> {
  readonly value: Value
  readonly asOf: number
  /** The moment it ended. From then on it serves: one that takes as long as that would otherwise serve nobody. */
  readonly readAt: number
  /** The last change before it began: after another one it serves only when the vendor fails. */
  readonly change: string | null
}

const mostReadings = 20_000
/** A row takes about 2 kB: the readings of all kinds, six of them, may fill half of the memory there is. */
const mostRows = Math.floor(getHeapStatistics().heap_size_limit / 2 / 6 / 2_000)

/** The readings of this process: each is made once for all who wait for it, and runs on whoever leaves. */
export class ReadingCache<Value extends object> {
  readonly #upstream: UpstreamDependencies
  readonly #kept: LRUCache<string, CacheEntry<Value>>
  readonly #failures: Failures
  readonly #pendingWork = new Map<string, Refresh<CacheEntry<Value>>>()

  /**
   * @param weigh how many rows a value holds; `most` bounds their sum, and the least recently used go first. One that is
   * larger by itself drives all others out, and stays: without it there would be nothing to answer with.
   */
  constructor(upstream: UpstreamDependencies, weigh: (value: Value) => number, most = mostRows) {
    this.#upstream = upstream
    this.#failures = new Failures(upstream.clock, mostReadings)
    this.#kept = new LRUCache({
      max: mostReadings,
      maxSize: most,
      sizeCalculation: ({ value }) => Math.min(most, 1 + weigh(value)),
    })
  }

  /**
   * One that is due but not too old for the reader is served at once and renewed behind. One that is too old is renewed
   * first; when that fails, or takes longer than the reader has, it is served with the reason.
   * @throws UpstreamError when there is none to serve
   */
  async read(task: ReadingTask<Value>, reader: RefreshListener): Promise<Reading<Value>> {
    const { changes } = task
    // Redis may hang for longer than a reader has.
    const change = changes ? await whileWanted(changes.last(), reader.signal, () => changes.known) : null
    const known = this.#usable(task)
    const recall = () => whileWanted(this.#recall(task, change), reader.signal, () => known)
    const kept = known?.change === change ? known : ((await recall()) ?? known)
    const askedAt = this.#upstream.clock.now()
    const oldest = this.#oldest(reader)
    const serves = kept?.change === change && this.#serves(kept, task, reader)
    const isDue = !serves || askedAt >= kept.readAt + task.ttl
    const renewal = isDue ? this.#renew(task, reader, serves, change) : null
    if (serves) return toReading(kept, this.#failures.reason(keyOf(task, change)))
    try {
      if (!renewal) throw this.#failures.reason(keyOf(task, change)) ?? operationEnded(reader.signal.reason)
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
    const reading = shared && (await this.#upstream.replicas.readings.recall(shared.identity))
    const known = this.#kept.get(task.key)
    if (reading && !(known?.change === change && known.asOf >= reading.asOf)) {
      const { rows, ...times } = reading
      this.#kept.set(task.key, { value: task.toValue(rows), ...times, change })
      this.#failures.forget(keyOf(task, change), reading.asOf)
    }
    return this.#usable(task)
  }

  #serves({ asOf, readAt }: CacheEntry<Value>, { ttl }: ReadingTask<Value>, reader: RefreshListener): boolean {
    const now = this.#upstream.clock.now()
    const oldest = this.#oldest(reader)
    return oldest === undefined
      ? now < readAt + ttl + this.#upstream.settings.staleWhileRevalidate
      : now - asOf <= oldest
  }

  /** How old a reading may be for a reader who says so; never less than has to lie between two of them. */
  #oldest({ maxStaleness }: RefreshListener): number | undefined {
    return maxStaleness === undefined ? undefined : Math.max(maxStaleness, this.#upstream.settings.minReadingAge)
  }

  /** The renewal under way, or a new one; null when it is too late for the reader, or too early after a failure. */
  #renew(
    task: ReadingTask<Value>,
    reader: RefreshListener,
    isServed: boolean,
    change: string | null,
  ): Refresh<CacheEntry<Value>> | null {
    const { clock, settings } = this.#upstream
    const oldest = this.#oldest(reader)
    // What is renewed behind has to be younger than what is served.
    const since = clock.now() - (oldest === undefined || isServed ? task.ttl : oldest)
    const pendingWork = this.#pendingWork.get(task.key)
    if (pendingWork?.change === change) {
      pendingWork.since = Math.max(pendingWork.since, since)
      return pendingWork
    }
    const between = oldest === undefined ? 0 : settings.minReadingAge
    if (reader.signal.aborted || this.#failures.rests(keyOf(task, change), between)) return null
    const renewal = new Refresh<CacheEntry<Value>>(clock, since, change, (self) => this.#make(task, self, reader))
    this.#pendingWork.set(task.key, renewal)
    return renewal
  }

  async #make(
    task: ReadingTask<Value>,
    renewal: Refresh<CacheEntry<Value>>,
    begunFor: RefreshListener,
  ): Promise<CacheEntry<Value>> {
    const { clock, log } = this.#upstream
    const begunAt = clock.now()
    try {
      const kept = await makeReading(task, renewal, this.#upstream, begunFor)
      if (this.#isNewest(task, renewal)) this.#kept.set(task.key, kept)
      this.#failures.forget(keyOf(task, renewal.change), begunAt)
      return kept
    } catch (error) {
      if (error instanceof UpstreamError) this.#failures.remember(keyOf(task, renewal.change), error, begunAt)
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
