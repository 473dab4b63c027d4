import { untilAbortedOr } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { operationEnded, UpstreamError } from '../error.ts'
import type { ReadSource } from '../observer.ts'
import { AnswerDependencies } from './answer-dependencies.ts'
import { CacheEntries } from './cache-entries.ts'
import { LatestChange } from './latest-change.ts'
import { toShared } from './make-reading.ts'
import type { CacheEntry, Reading, ReadingState, ReadingTask, ReadOptions } from './reading.ts'
import { ReadingEvents } from './reading-events.ts'
import type { Refresh } from './refresh.ts'
import { Refreshes } from './refreshes.ts'

/** Milliseconds after an attempt for which a reading counts as in use, at least. */
const minUse = 60_000
/** What would happen to an operation that needs a reading. */
export interface InspectedReading<Value> {
  /** The last reading; null when there is none. */
  readonly reading: Reading<Value> | null
  /** Whether the operation would be served it without waiting. */
  readonly isKept: boolean
  /** Whether another reading would begin. */
  readonly begins: boolean
}

/** The readings of this process. A reading is made once for all operations that wait for it, and continues when they end. */
export class ReadingCache<Value extends object> {
  readonly events = new ReadingEvents()
  readonly #upstream: UpstreamDependencies
  readonly #entries: CacheEntries<Value>
  readonly #refreshes: Refreshes<Value>
  readonly #latestChange: LatestChange
  readonly #dependencies: AnswerDependencies<Value>

  /**
   * @param countRows the rows that a value holds
   * @param maxRows the rows that all entries together may hold; absent: as many as fit into the heap
   */
  constructor(upstream: UpstreamDependencies, countRows: (value: Value) => number, maxRows?: number) {
    const publish = (key: string) => this.#publish(key)
    this.#upstream = upstream
    this.#entries = new CacheEntries(countRows, publish, maxRows)
    this.#refreshes = new Refreshes(upstream, this.#entries, publish)
    this.#latestChange = new LatestChange(upstream)
    this.#dependencies = new AnswerDependencies(upstream, {
      events: this.events,
      entries: this.#entries,
      refreshes: this.#refreshes,
      latestChange: this.#latestChange,
    })
  }

  /**
   * Serves an entry that is due but recent enough, and refreshes it in the background. An entry that is too old is refreshed
   * first; when that fails, or takes longer than the operation may, it is served with the error.
   * @throws UpstreamError when there is no entry to serve
   */
  async read(task: ReadingTask<Value>, options: ReadOptions): Promise<Reading<Value>> {
    const change = await this.#latestChange.of(task.changes, options.signal, (known) => {
      const entry = this.#usable(task)
      return entry?.change === known && this.#isRecentEnough(entry, task, options)
    })
    return this.#serve(task, options, change) ?? this.#wait(task, options, change)
  }

  /** The reading that `read` would return without waiting; null when it may have to wait. */
  readKept(task: ReadingTask<Value>, options: ReadOptions): Reading<Value> | null {
    const { changes } = task
    return changes?.isShared ? null : this.#serve(task, options, changes?.latestKnown ?? null)
  }

  /** What `read` would do now. Begins nothing. */
  inspect(task: ReadingTask<Value>, options: ReadOptions): InspectedReading<Value> {
    const change = task.changes?.latestKnown ?? null
    const entry = this.#usable(task)
    const isKept = entry?.change === change && this.#isRecentEnough(entry, task, options)
    const { clock, settings } = this.#upstream
    const interval = this.#maxAge(options) === undefined ? 0 : settings.minReadingAge
    // A reading that is served may be due: it is refreshed in the background.
    const isDue = !entry || !isKept || clock.elapsed() >= entry.readAt + task.ttl
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
    const until = entry.readAt + task.ttl
    return this.#upstream.clock.elapsed() < until ? until : null
  }

  /** Serves the entry, if it is recent enough or the operation would wait in vain for another one. */
  #serve(task: ReadingTask<Value>, options: ReadOptions, change: string | null): Reading<Value> | null {
    const entry = this.#usable(task)
    if (!entry || entry.change !== change) return null
    if (!this.#isRecentEnough(entry, task, options)) return this.#serveStale(entry, task, options, change)
    const isDue = this.#upstream.clock.elapsed() >= entry.readAt + task.ttl
    const refresh = isDue ? this.#refresh(task, options, true, change) : null
    const failure = this.#refreshes.failure(task, change)
    const error = failure && (refresh?.waitingError ?? failure)
    this.#dependencies.add(task, options, { entry, error, refresh: error === failure ? null : refresh, change })
    this.#report(task, options, isDue ? 'stale' : 'fresh')
    return toReading(entry, error)
  }

  /** Serves an entry that is too old with the error that the operation would get at the end of its wait. */
  #serveStale(
    entry: CacheEntry<Value>,
    task: ReadingTask<Value>,
    options: ReadOptions,
    change: string | null,
  ): Reading<Value> | null {
    const beginning = { startedAfter: this.#upstream.clock.elapsed() - task.ttl, change }
    if (this.#maxAge(options) !== undefined || this.#refreshes.mayBegin(task, options, beginning)) return null
    const refresh = this.#refreshes.get(task, options, beginning)
    const error = refresh ? refresh.errorAtOnce(options, true) : this.#refreshes.failure(task, change)
    if (!error) return null
    this.#dependencies.add(task, options, { entry, error, refresh, change })
    this.#report(task, options, 'stale')
    return toReading(entry, error)
  }

  async #wait(task: ReadingTask<Value>, options: ReadOptions, change: string | null): Promise<Reading<Value>> {
    const local = this.#usable(task)
    const share = () => untilAbortedOr(this.#getShared(task, change), options.signal, () => local)
    const entry = local?.change === change ? local : ((await share()) ?? local)
    const served = this.#serve(task, options, change)
    if (served) return served
    const requestedAt = this.#upstream.clock.elapsed()
    const maxAge = this.#maxAge(options)
    const current = this.#refreshes.current(task.key)
    const refresh = this.#refresh(task, options, false, change)
    // Without a refresh, the operation gets what is kept, or the error of the last attempt.
    this.#report(task, options, refresh ? (refresh === current ? 'shared' : 'miss') : entry ? 'stale' : 'miss')
    const failure = this.#refreshes.failure(task, change)
    try {
      if (!refresh) throw failure ?? operationEnded(options.signal.reason)
      const made = await refresh.wait(options, entry !== undefined && maxAge === undefined)
      // The refresh may have begun long before this operation.
      const isTooOld = maxAge !== undefined && requestedAt - made.startedAt > maxAge
      if (isTooOld) return await this.read(task, options)
      this.#dependencies.add(task, options, { entry: made, error: null, refresh: null, change })
      return toReading(made, null)
    } catch (error) {
      const last = this.#usable(task)
      this.#dependencies.add(task, options, { entry: last, error, refresh, change })
      if (last && error instanceof UpstreamError) return toReading(last, error)
      throw error
    }
  }

  /**
   * Makes a reading that begins now, whatever is kept or in progress, here or in another replica. Others are served from it.
   * @throws UpstreamError when it fails
   */
  async readNow(task: ReadingTask<Value>, options: ReadOptions): Promise<Reading<Value>> {
    const change = await this.#latestChange.of(task.changes, options.signal, () => false)
    options.basis?.exclude()
    if (options.signal.aborted) throw operationEnded(options.signal.reason)
    const startedAfter = this.#upstream.clock.elapsed()
    const refresh = this.#refreshes.begin({ ...task, shared: null }, options, { startedAfter, change })
    return toReading(await refresh.wait(options, false), null)
  }

  /** The value of the last reading, whatever its age; null when there is none. It is not marked as used. */
  last(key: string): Value | null {
    return this.#entries.peek(key)?.value ?? null
  }

  /** Drops the entries with these keys, and ends the readings that wait for a slot: no operation waits for them. */
  forget(matches: (key: string) => boolean): void {
    this.#entries.forget(matches)
    this.#refreshes.cancel(matches)
  }

  /** What is known of the reading. It is not marked as used. */
  state(task: ReadingTask<Value>): ReadingState<Value> {
    const { clock, settings } = this.#upstream
    const now = clock.elapsed()
    const change = task.changes?.latestKnown ?? null
    const entry = this.#entries.peek(task.key)
    const isDue = !entry || entry.change !== change || now >= entry.readAt + task.ttl
    const current = this.#refreshes.current(task.key)
    const isWaiting = current !== undefined && current.slotAt !== null && current.slotAt > now
    const last = this.#refreshes.lastFailure(task, change)
    // A pause that the vendor asks for may take minutes, in which the attempt does not end.
    const waiting = isWaiting && isDue && !last ? current.waitingError : null
    const isPaused = waiting?.code === 'UPSTREAM_RATE_LIMITED' && waiting.details.httpStatus !== undefined
    const failure = last ?? (isPaused ? { error: waiting, answer: waiting, at: now } : null)
    const attemptedAt = Math.max(entry?.readAt ?? Number.NEGATIVE_INFINITY, failure?.at ?? Number.NEGATIVE_INFINITY)
    const isServed = entry !== undefined && now < this.#servedUntil(task, entry)
    return {
      reading: isServed ? { value: entry.value, asOf: entry.asOf, age: now - entry.startedAt } : null,
      isUp: entry !== undefined && failure === null,
      isDue,
      isOverdue: !entry || now >= entry.readAt + task.ttl + settings.staleWhileRevalidate,
      failure,
      isWaiting,
      isInUse: current !== undefined || now - attemptedAt < Math.max(minUse, task.ttl + settings.staleWhileRevalidate),
    }
  }

  /** The entry, unless it is too old even for a vendor that fails. */
  #usable(task: ReadingTask<Value>): CacheEntry<Value> | undefined {
    const entry = this.#entries.get(task.key)
    return entry && this.#upstream.clock.elapsed() < this.#servedUntil(task, entry) ? entry : undefined
  }

  /** The monotonic time until which the entry is served when the vendor fails. */
  #servedUntil({ ttl }: ReadingTask<Value>, { readAt }: CacheEntry<Value>): number {
    const { staleWhileRevalidate, staleIfError } = this.#upstream.settings
    return readAt + ttl + Math.max(staleWhileRevalidate, staleIfError)
  }

  /** Takes over the reading of another replica, unless there is a newer one here. */
  async #getShared(task: ReadingTask<Value>, change: string | null): Promise<CacheEntry<Value> | undefined> {
    const shared = toShared(task, change)
    const reading = shared && (await this.#upstream.replicas.readings.get(shared.identity))
    if (reading && !this.#entries.hasNewer(task.key, { startedAt: reading.startedAt, change })) {
      const { rows, ...kept } = reading
      const entry = { value: await task.toValue(rows), ...kept, change }
      if (!this.#entries.hasNewer(task.key, entry)) this.#entries.set(task.key, entry)
      this.#refreshes.clearFailure(task, change, reading.startedAt)
      this.#publish(task.key)
    }
    return this.#usable(task)
  }

  #isRecentEnough(
    { startedAt, readAt }: CacheEntry<Value>,
    { ttl }: ReadingTask<Value>,
    options: ReadOptions,
  ): boolean {
    const now = this.#upstream.clock.elapsed()
    const maxAge = this.#maxAge(options)
    return maxAge === undefined
      ? now < readAt + ttl + this.#upstream.settings.staleWhileRevalidate
      : now - startedAt <= maxAge
  }

  /** The age that the operation accepts, but at least `minReadingAge`. */
  #maxAge({ maxStaleness }: ReadOptions): number | undefined {
    return maxStaleness === undefined ? undefined : Math.max(maxStaleness, this.#upstream.settings.minReadingAge)
  }

  /** The refresh in progress, or a new one. Null when the operation has ended, or too soon after a failure. */
  #refresh(
    task: ReadingTask<Value>,
    options: ReadOptions,
    isServed: boolean,
    change: string | null,
  ): Refresh<CacheEntry<Value>> | null {
    const { clock, settings } = this.#upstream
    const maxAge = this.#maxAge(options)
    // A refresh in the background has to give a younger reading than the one that is served.
    const startedAfter = clock.elapsed() - (maxAge === undefined || isServed ? task.ttl : maxAge)
    const interval = maxAge === undefined ? 0 : settings.minReadingAge
    return this.#refreshes.get(task, options, { startedAfter, change, interval })
  }

  /**
   * Counts and logs how an operation gets a reading: kept within its ttl, kept and older, made for this operation, or made for another one
   * at the same time.
   */
  #report(
    { key, source }: ReadingTask<Value>,
    { cause }: ReadOptions,
    result: 'fresh' | 'stale' | 'miss' | 'shared',
  ): void {
    const { log, observer } = this.#upstream
    if (source) observer?.readingsServed(result, 1)
    if (!log.isLevelEnabled('trace')) return
    const named = source ? toNames(source) : { reading: key }
    log.trace({ requestId: cause?.requestId, ...named, result }, `reading: ${result}`)
  }

  #publish(key: string): void {
    this.events.publish(key)
    this.#upstream.onReadingChange?.()
  }
}

function toNames({ place, kind }: ReadSource) {
  return { provider: place.provider, place: place.vendorId, kind }
}

function toReading<Value>(entry: CacheEntry<Value>, error: UpstreamError | null): Reading<Value> {
  const { value, asOf, startedAt } = entry
  return { value, asOf, startedAt, stale: error !== null, error }
}
