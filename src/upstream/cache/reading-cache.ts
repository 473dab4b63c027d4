import { setMaxListeners } from 'node:events'
import { LRUCache } from 'lru-cache'
import { untilAbortedOr, untilTimeoutOr } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { isReadingFailure, operationEnded, UpstreamError } from '../error.ts'
import { CacheEntries } from './cache-entries.ts'
import type { ChangeLog } from './change-log.ts'
import { FailureCache } from './failure-cache.ts'
import { makeReading, toShared } from './make-reading.ts'
import type { CacheEntry, Reading, ReadingTask, ReadOptions } from './reading.ts'
import { ReadingEvents } from './reading-events.ts'
import { Refresh } from './refresh.ts'

/** Readings of which failures and calls are remembered. */
const maxTracked = 20_000
/** How long an operation with a reading to serve waits for Redis, in milliseconds. */
const maxWaitForChange = 100
/** The signals of operations that have waited for Redis in vain. They do not wait again, for whichever reading. */
const lateFor = new WeakSet<AbortSignal>()
const neverAborted = new AbortController().signal
// Many answers may wait for Redis at the same time.
setMaxListeners(0, neverAborted)

/** What a read returned, or the error that it threw. */
interface Outcome<Value> {
  readonly entry: CacheEntry<Value> | undefined
  readonly error: unknown
  /** The attempt whose error it may be; null when the error is that of an attempt before. */
  readonly refresh: Refresh<CacheEntry<Value>> | null
  /** The last change that was taken into account. */
  readonly change: string | null
}

/** The readings of this process. A reading is made once for all operations that wait for it, and continues when they end. */
export class ReadingCache<Value extends object> {
  readonly events = new ReadingEvents()
  readonly #upstream: UpstreamDependencies
  readonly #entries: CacheEntries<Value>
  readonly #failures: FailureCache
  /** The monotonic time of the last call of each reading, whether it succeeded or not. */
  readonly #lastCalls: LRUCache<string, number>
  /** The last of these times. */
  #lastCall = Number.NEGATIVE_INFINITY
  readonly #refreshes = new Map<string, Refresh<CacheEntry<Value>>>()

  /**
   * @param countRows the rows that a value holds
   * @param maxRows the rows that all entries together may hold; absent: as many as fit into the heap
   */
  constructor(upstream: UpstreamDependencies, countRows: (value: Value) => number, maxRows?: number) {
    this.#upstream = upstream
    this.#failures = new FailureCache(upstream.clock, maxTracked)
    this.#lastCalls = new LRUCache({ maxSize: maxTracked, sizeCalculation: () => 1 })
    this.#entries = new CacheEntries(countRows, (key) => this.#publish(key), maxRows)
  }

  /**
   * Serves an entry that is due but recent enough, and refreshes it in the background. An entry that is too old is refreshed
   * first; when that fails, or takes longer than the operation may, it is served with the error.
   * @throws UpstreamError when there is no entry to serve
   */
  async read(task: ReadingTask<Value>, options: ReadOptions): Promise<Reading<Value>> {
    const change = await this.#latestChange(task, options)
    return this.#serve(task, options, change) ?? this.#wait(task, options, change)
  }

  /** The reading that `read` would return without waiting; null when it may have to wait. */
  readKept(task: ReadingTask<Value>, options: ReadOptions): Reading<Value> | null {
    const { changes } = task
    return changes?.isShared ? null : this.#serve(task, options, changes?.latestKnown ?? null)
  }

  /**
   * The monotonic time until which every operation without `maxStaleness` is served this reading, unless an event is published
   * before. Null when another operation may be served another one, or may cause a call.
   */
  freshUntil(task: ReadingTask<Value>, reading: Reading<unknown>): number | null {
    const entry = this.#entries.peek(task.key)
    // A change is looked up by every operation: another replica may have made it.
    if (!entry || entry.value !== reading.value || reading.error) return null
    if (task.changes || this.#failures.get(task.key)) return null
    const until = entry.readAt + task.ttl
    return this.#upstream.clock.elapsed() < until ? until : null
  }

  /** Serves the entry, if it is recent enough. */
  #serve(task: ReadingTask<Value>, options: ReadOptions, change: string | null): Reading<Value> | null {
    const entry = this.#usable(task)
    if (!entry || entry.change !== change || !this.#isRecentEnough(entry, task, options)) return null
    const isDue = this.#upstream.clock.elapsed() >= entry.readAt + task.ttl
    const refresh = isDue ? this.#refresh(task, options, true, change) : null
    const failure = this.#failures.get(toFailureKey(task, change))
    const error = failure && (refresh?.waitingError ?? failure)
    this.#track(task, options, { entry, error, refresh: error === failure ? null : refresh, change })
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
    const refresh = this.#refresh(task, options, false, change)
    const failure = this.#failures.get(toFailureKey(task, change))
    try {
      if (!refresh) throw failure ?? operationEnded(options.signal.reason)
      const made = await refresh.wait(options, entry !== undefined && maxAge === undefined)
      // The refresh may have begun long before this operation.
      const isTooOld = maxAge !== undefined && requestedAt - made.startedAt > maxAge
      if (isTooOld) return await this.read(task, options)
      this.#track(task, options, { entry: made, error: null, refresh: null, change })
      return toReading(made, null)
    } catch (error) {
      const last = this.#usable(task)
      this.#track(task, options, { entry: last, error, refresh, change })
      if (last && error instanceof UpstreamError) return toReading(last, error)
      throw error
    }
  }

  /** Makes the operation's answer depend on what it has read, and on the error that it got with it or instead of it. */
  #track(
    { key, ttl, changes }: ReadingTask<Value>,
    { basis, maxStaleness, signal, deadline }: ReadOptions,
    { entry, error, refresh, change }: Outcome<Value>,
  ): void {
    if (!basis) return
    const { clock, settings } = this.#upstream
    const isLast = entry === undefined || this.#entries.peek(key) === entry
    const isExpected = error === null || error instanceof UpstreamError
    if (maxStaleness !== undefined || signal.aborted || !isLast || !isExpected) {
      basis.exclude()
      return
    }
    basis.dependOn((listener) => this.events.subscribe(key, listener))
    if (changes) basis.follow(changes, { change, latest: () => this.#latestOf(changes) })
    if (entry) {
      const isFresh = error === null && clock.elapsed() < entry.readAt + ttl
      const { staleWhileRevalidate, staleIfError } = settings
      const grace = error === null ? staleWhileRevalidate : Math.max(staleWhileRevalidate, staleIfError)
      basis.expireAt(entry.readAt + ttl + (isFresh ? 0 : grace))
    }
    if (error === null) return
    const current = this.#refreshes.get(key)
    if (refresh === null || refresh !== current) {
      // The last attempt failed. Until the next one begins, the error is the same.
      if (!current) basis.expireAt(this.#failures.validUntil(toFailureKey({ key }, change)))
      return
    }
    // The attempt in progress waits for a slot, or takes longer than operations may wait.
    refresh.isReported = true
    const { slotAt } = refresh
    const timeout = deadline - basis.startedAt
    if (slotAt !== null) basis.expireAt(slotAt - timeout)
    else if (!refresh.isTooSlowFor(timeout)) basis.exclude()
  }

  /** The last change, for an answer that is given again. As in `#latestChange`, it waits for Redis only where there are changes. */
  #latestOf(changes: ChangeLog): string | null | Promise<string | null> {
    const { clock, writes } = this.#upstream
    if (!writes) {
      changes.follow()
      return changes.latestKnown
    }
    const latest = changes.latest()
    if (!(latest instanceof Promise)) return latest
    const limit = { clock, milliseconds: maxWaitForChange, signal: neverAborted }
    return untilTimeoutOr(latest, limit, () => changes.latestKnown)
  }

  /**
   * Makes a reading that begins now, whatever is kept or in progress, here or in another replica. Others are served from it.
   * @throws UpstreamError when it fails
   */
  async readNow(task: ReadingTask<Value>, options: ReadOptions): Promise<Reading<Value>> {
    const change = await this.#latestChange(task, options, false)
    options.basis?.exclude()
    if (options.signal.aborted) throw operationEnded(options.signal.reason)
    const refresh = this.#begin({ ...task, shared: null }, options, this.#upstream.clock.elapsed(), change)
    return toReading(await refresh.wait(options, false), null)
  }

  /** The value of the last reading, whatever its age; null when there is none. It is not marked as used. */
  last(key: string): Value | null {
    return this.#entries.peek(key)?.value ?? null
  }

  /**
   * The last change that the operation takes into account. An operation with a reading to serve does not wait long for
   * Redis; where changes are disabled, it does not wait at all. Redis may hang for longer than the operation may take.
   */
  async #latestChange(task: ReadingTask<Value>, options: ReadOptions, canServe = true): Promise<string | null> {
    const { changes } = task
    if (!changes) return null
    const { clock, writes } = this.#upstream
    const { signal } = options
    const latestKnown = () => changes.latestKnown
    const entry = canServe ? this.#usable(task) : undefined
    const isServed = entry?.change === latestKnown() && this.#isRecentEnough(entry, task, options)
    if (isServed && (!writes || lateFor.has(signal))) {
      changes.follow()
      return latestKnown()
    }
    const latest = changes.latest()
    if (!(latest instanceof Promise)) return latest
    if (!isServed) return untilAbortedOr(latest, signal, latestKnown)
    return untilTimeoutOr(latest, { clock, milliseconds: maxWaitForChange, signal }, () => {
      lateFor.add(signal)
      return latestKnown()
    })
  }

  /** The entry, unless it is too old even for a vendor that fails. */
  #usable({ key, ttl }: ReadingTask<Value>): CacheEntry<Value> | undefined {
    const { clock, settings } = this.#upstream
    const entry = this.#entries.get(key)
    const maxAge = ttl + Math.max(settings.staleWhileRevalidate, settings.staleIfError)
    return entry && clock.elapsed() < entry.readAt + maxAge ? entry : undefined
  }

  /** Takes over the reading of another replica, unless there is a newer one here. */
  async #getShared(task: ReadingTask<Value>, change: string | null): Promise<CacheEntry<Value> | undefined> {
    const shared = toShared(task, change)
    const reading = shared && (await this.#upstream.replicas.readings.get(shared.identity))
    if (reading && !this.#entries.hasNewer(task.key, { startedAt: reading.startedAt, change })) {
      const { rows, ...kept } = reading
      this.#entries.set(task.key, { value: task.toValue(rows), ...kept, change })
      this.#failures.clear(toFailureKey(task, change), reading.startedAt)
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
    const current = this.#refreshes.get(task.key)
    if (current?.change === change) {
      current.startedAfter = Math.max(current.startedAfter, startedAfter)
      return current
    }
    const interval = maxAge === undefined ? 0 : settings.minReadingAge
    if (options.signal.aborted || this.#failures.isBackingOff(toFailureKey(task, change), interval)) return null
    return this.#begin(task, options, startedAfter, change)
  }

  #begin(
    task: ReadingTask<Value>,
    options: ReadOptions,
    startedAfter: number,
    change: string | null,
  ): Refresh<CacheEntry<Value>> {
    const { clock } = this.#upstream
    const refresh = new Refresh<CacheEntry<Value>>(
      clock,
      startedAfter,
      change,
      (self) => this.#make(task, self, options),
      () => this.#publish(task.key),
    )
    this.#refreshes.set(task.key, refresh)
    return refresh
  }

  async #make(
    task: ReadingTask<Value>,
    refresh: Refresh<CacheEntry<Value>>,
    options: ReadOptions,
  ): Promise<CacheEntry<Value>> {
    const { clock, log } = this.#upstream
    const startedAt = clock.elapsed()
    try {
      const lastFailure = () => this.#failures.getAnswer(toFailureKey(task, refresh.change))
      const entry = await makeReading(task, refresh, this.#upstream, {
        ...options,
        lastFailure,
        lastCallAt: () => this.#lastCallAt(task),
        onCall: () => {
          // Calls at the same time have an order too.
          this.#lastCall = Math.max(clock.elapsed(), this.#lastCall + 0.001)
          this.#lastCalls.set(task.key, this.#lastCall)
          options.onCall?.()
        },
      })
      if (this.#isLatest(task, refresh) && !this.#entries.hasNewer(task.key, entry)) this.#entries.set(task.key, entry)
      this.#failures.clear(toFailureKey(task, refresh.change), startedAt)
      this.#publish(task.key)
      return entry
    } catch (error) {
      if (error instanceof UpstreamError) {
        this.#failures.add(toFailureKey(task, refresh.change), error, startedAt)
        this.#publish(task.key)
      }
      if (!isReadingFailure(error)) log.error({ err: error }, 'a reading failed unexpectedly')
      throw error
    } finally {
      if (this.#isLatest(task, refresh)) this.#refreshes.delete(task.key)
      if (refresh.isReported) this.#publish(task.key)
    }
  }

  #publish(key: string): void {
    this.events.publish(key)
    this.#upstream.onReadingChange?.()
  }

  /** Another replica may have made the last reading. */
  #lastCallAt({ key }: ReadingTask<Value>): number {
    const times = [this.#lastCalls.get(key), this.#entries.peek(key)?.startedAt]
    return Math.max(...times.map((time) => time ?? Number.NEGATIVE_INFINITY))
  }

  /** Another refresh may have begun: after a change, or for an operation that needs one that begins now. */
  #isLatest({ key }: ReadingTask<Value>, refresh: Refresh<CacheEntry<Value>>): boolean {
    return this.#refreshes.get(key) === refresh
  }
}

function toReading<Value>(entry: CacheEntry<Value>, error: UpstreamError | null): Reading<Value> {
  const { value, asOf, startedAt } = entry
  return { value, asOf, startedAt, stale: error !== null, error }
}

/** A failure before a change says nothing about a reading after it. */
function toFailureKey({ key }: Pick<ReadingTask<unknown>, 'key'>, change: string | null): string {
  return change === null ? key : `${key} ${change}`
}
