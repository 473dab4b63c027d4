import { untilAbortedOr } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { operationEnded, UpstreamError } from '../error.ts'
import type { ReadingResult } from '../observer.ts'
import { AnswerDependencies } from './answer-dependencies.ts'
import { CacheEntries } from './cache-entries.ts'
import { EntryAges } from './entry-ages.ts'
import { KnownReadings } from './known-readings.ts'
import { LatestChange } from './latest-change.ts'
import type { CacheEntry, Reading, ReadingTask, ReadOptions } from './reading.ts'
import { ReadingEvents } from './reading-events.ts'
import { reportServed, toReading } from './reading-result.ts'
import type { Refresh } from './refresh.ts'
import { Refreshes } from './refreshes.ts'
import { unrefreshed } from './unrefreshed.ts'

/** The readings of this process. A reading is made once for all operations that wait for it, and continues when they end. */
export class ReadingCache<Value extends object> {
  readonly events = new ReadingEvents()
  /** What is known of the readings, without a call. */
  readonly known: KnownReadings<Value>
  readonly #upstream: UpstreamDependencies
  readonly #entries: CacheEntries<Value>
  readonly #refreshes: Refreshes<Value>
  readonly #ages: EntryAges
  readonly #latestChange: LatestChange
  readonly #dependencies: AnswerDependencies<Value>
  /** The readings that are being taken over, by key and change. */
  readonly #takingOver = new Map<string, Promise<void>>()

  /**
   * @param countRows the rows that a value holds
   * @param maxRows the rows that all entries together may hold; absent: as many as fit into the heap
   */
  constructor(upstream: UpstreamDependencies, countRows: (value: Value) => number, maxRows?: number) {
    const publish = (key: string) => this.#publish(key)
    this.#upstream = upstream
    this.#entries = new CacheEntries(countRows, publish, maxRows)
    this.#refreshes = new Refreshes(upstream, this.#entries, publish)
    this.#ages = new EntryAges(upstream)
    this.known = new KnownReadings(upstream, { entries: this.#entries, refreshes: this.#refreshes, ages: this.#ages })
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
   * first; when that fails, or takes longer than the operation may, it is served with the error. One from before the start is
   * served at once.
   * @throws UpstreamError when there is no entry to serve
   */
  async read(task: ReadingTask<Value>, options: ReadOptions): Promise<Reading<Value>> {
    const change = await this.#latestChange.of(task.changes, options.signal, (known) => {
      const entry = this.known.usable(task)
      if (!entry) return false
      return (
        (entry.change === known && this.#ages.isRecentEnough(entry, task, options)) ||
        this.known.isServedUnrefreshed(entry, task, known, options)
      )
    })
    return this.#serve(task, options, change) ?? this.#wait(task, options, change)
  }

  /** The reading that `read` would return without waiting; null when it may have to wait. */
  readKept(task: ReadingTask<Value>, options: ReadOptions): Reading<Value> | null {
    const { changes } = task
    return changes?.isShared ? null : this.#serve(task, options, changes?.latestKnown ?? null)
  }

  /** Serves the entry, if it is recent enough or the operation would wait in vain for another one. */
  #serve(task: ReadingTask<Value>, options: ReadOptions, change: string | null): Reading<Value> | null {
    const entry = this.known.usable(task)
    if (!entry) return null
    if (this.known.isServedUnrefreshed(entry, task, change, options))
      return this.#serveUnrefreshed(entry, task, options, change)
    if (entry.change !== change) return null
    if (!this.#ages.isRecentEnough(entry, task, options)) return this.#serveStale(entry, task, options, change)
    const isDue = this.#ages.isDue(entry, task)
    const refresh = isDue ? this.#refresh(task, options, true, change) : null
    const failure = this.#refreshes.failure(task, change)
    const error = failure && (refresh?.waitingError ?? failure)
    this.#dependencies.add(task, options, { entry, error, refresh: error === failure ? null : refresh, change })
    this.#report(task, options, isDue ? 'stale' : 'fresh')
    return toReading(entry, error)
  }

  /** Serves an entry from before the start, and begins to refresh it. */
  #serveUnrefreshed(
    entry: CacheEntry<Value>,
    task: ReadingTask<Value>,
    options: ReadOptions,
    change: string | null,
  ): Reading<Value> {
    const refresh = this.#refresh(task, options, true, change)
    this.#dependencies.add(task, options, { entry, error: unrefreshed, refresh, change })
    this.#report(task, options, 'stale')
    return toReading(entry, unrefreshed)
  }

  /** Serves an entry that is too old with the error that the operation would get at the end of its wait. */
  #serveStale(
    entry: CacheEntry<Value>,
    task: ReadingTask<Value>,
    options: ReadOptions,
    change: string | null,
  ): Reading<Value> | null {
    const beginning = { startedAfter: this.#upstream.clock.elapsed() - task.ttl, change }
    if (this.#ages.maxAge(options) !== undefined || this.#refreshes.mayBegin(task, options, beginning)) return null
    const refresh = this.#refreshes.get(task, options, beginning)
    const error = refresh ? refresh.errorAtOnce(options, true) : this.#refreshes.failure(task, change)
    if (!error) return null
    this.#dependencies.add(task, options, { entry, error, refresh, change })
    this.#report(task, options, 'stale')
    return toReading(entry, error)
  }

  async #wait(task: ReadingTask<Value>, options: ReadOptions, change: string | null): Promise<Reading<Value>> {
    const local = this.known.usable(task)
    const share = () => untilAbortedOr(this.#getShared(task, change), options.signal, () => local)
    const entry = local?.change === change ? local : ((await share()) ?? local)
    const served = this.#serve(task, options, change)
    if (served) return served
    const requestedAt = this.#upstream.clock.elapsed()
    const maxAge = this.#ages.maxAge(options)
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
      const last = this.known.usable(task)
      this.#dependencies.add(task, options, { entry: last, error, refresh, change })
      if (last && error instanceof UpstreamError) return toReading(last, error)
      throw error
    }
  }

  /**
   * What an operation gets that causes no call: the last reading, of this process or of another replica. It is not marked as
   * used.
   * @throws UpstreamError when there is none
   */
  async readPassively(task: ReadingTask<Value>, options: ReadOptions): Promise<Reading<Value>> {
    await this.restore(task)
    return this.known.serve(task, options)
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
    const refresh = this.#refreshes.begin({ ...task, isMadeHere: true }, options, { startedAfter, change })
    return toReading(await refresh.wait(options, false), null)
  }

  /** Drops the entries with these keys, and ends the readings that wait for a slot: no operation waits for them. */
  forget(matches: (key: string) => boolean): void {
    this.#entries.forget(matches)
    this.#refreshes.cancel(matches)
  }

  /** Takes over the reading that is kept from before the start, or another replica has made. Makes no call. */
  async restore(task: ReadingTask<Value>): Promise<void> {
    if (!this.#entries.peek(task.key)) await this.#getShared(task, task.changes?.latestKnown ?? null)
  }

  /** Takes over the reading of another replica, unless there is a newer one here. */
  async #getShared(task: ReadingTask<Value>, change: string | null): Promise<CacheEntry<Value> | undefined> {
    const name = JSON.stringify([task.key, change])
    const takingOver =
      this.#takingOver.get(name) ?? this.#takeOver(task, change).finally(() => this.#takingOver.delete(name))
    this.#takingOver.set(name, takingOver)
    await takingOver
    return this.known.usable(task)
  }

  async #takeOver(task: ReadingTask<Value>, change: string | null): Promise<void> {
    const { shared } = task
    const reading = shared && (await this.#upstream.replicas.readings.get(shared.identity, change))
    if (!reading || !this.#ages.isServed(reading, task)) return
    const { rows, ...kept } = reading
    const before = { startedAt: reading.startedAt, change: reading.change === undefined ? change : reading.change }
    if (!this.#isBetter(task, before, change)) return
    const isRestored = this.#ages.isFromBeforeStart(reading)
    const entry = { value: await task.toValue(rows), ...kept, ...before, isRestored }
    if (!this.#isBetter(task, before, change)) return
    this.#entries.set(task.key, entry)
    this.#refreshes.clearFailure(task, change, reading.startedAt)
    this.#publish(task.key)
  }

  /** Whether an operation after this change needs the reading rather than the one that is here. */
  #isBetter(
    { key }: ReadingTask<Value>,
    reading: Pick<CacheEntry<Value>, 'startedAt' | 'change'>,
    change: string | null,
  ) {
    const local = this.#entries.peek(key)
    if (!local) return true
    const [isAfter, isLocalAfter] = [reading.change === change, local.change === change]
    return isAfter === isLocalAfter ? reading.startedAt > local.startedAt : isAfter
  }

  /** The refresh in progress, or a new one. Null when the operation has ended, or too soon after a failure. */
  #refresh(
    task: ReadingTask<Value>,
    options: ReadOptions,
    isServed: boolean,
    change: string | null,
  ): Refresh<CacheEntry<Value>> | null {
    const { clock, settings } = this.#upstream
    const maxAge = this.#ages.maxAge(options)
    // A refresh in the background has to give a younger reading than the one that is served.
    const startedAfter = clock.elapsed() - (maxAge === undefined || isServed ? task.ttl : maxAge)
    const interval = maxAge === undefined ? 0 : settings.minReadingAge
    return this.#refreshes.get(task, options, { startedAfter, change, interval })
  }

  #report(task: ReadingTask<Value>, options: ReadOptions, result: ReadingResult): void {
    if (options.cause) this.known.markUsed(task.key)
    reportServed(this.#upstream, task, options, result)
  }

  #publish(key: string): void {
    this.events.publish(key)
    this.#upstream.onReadingChange?.()
  }
}
