import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError } from '../error.ts'
import type { CacheEntries } from './cache-entries.ts'
import type { LatestChange } from './latest-change.ts'
import type { CacheEntry, ReadingTask, ReadOptions } from './reading.ts'
import type { ReadingEvents } from './reading-events.ts'
import type { Refresh } from './refresh.ts'
import type { Refreshes } from './refreshes.ts'
import { unrefreshed } from './unrefreshed.ts'

/** What a read returned, or the error that it threw. */
export interface ReadOutcome<Value> {
  readonly entry: CacheEntry<Value> | undefined
  readonly error: unknown
  /** The attempt whose error it may be; null when the error is that of an attempt before. */
  readonly refresh: Refresh<CacheEntry<Value>> | null
  /** The last change that was taken into account. */
  readonly change: string | null
}

interface CacheParts<Value extends object> {
  readonly events: ReadingEvents
  readonly entries: CacheEntries<Value>
  readonly refreshes: Refreshes<Value>
  readonly latestChange: LatestChange
}

/** Makes the answers to operations depend on what they have read. */
export class AnswerDependencies<Value extends object> {
  readonly #upstream: Pick<UpstreamDependencies, 'clock' | 'settings'>
  readonly #cache: CacheParts<Value>

  constructor(upstream: Pick<UpstreamDependencies, 'clock' | 'settings'>, cache: CacheParts<Value>) {
    this.#upstream = upstream
    this.#cache = cache
  }

  /** Makes the operation's answer depend on a reading, and on the error that it got with it or instead of it. */
  add(task: ReadingTask<Value>, options: ReadOptions, outcome: ReadOutcome<Value>): void {
    const { basis, maxStaleness, signal } = options
    if (!basis) return
    const { events, latestChange } = this.#cache
    const { key, changes } = task
    const { entry, error, change } = outcome
    const isExpected = error === null || error instanceof UpstreamError
    if (maxStaleness !== undefined || !isExpected) {
      basis.exclude()
      return
    }
    // An operation that begins now may get something else.
    if (signal.aborted || !this.#isLast(task, outcome)) {
      basis.outdate()
      return
    }
    basis.dependOn((listener) => events.subscribe(key, listener))
    if (changes) basis.follow(changes, { change, latest: () => latestChange.forAnswer(changes) })
    if (entry) basis.expireAt(this.#phaseEnd(task, entry, error))
    if (error !== null) this.#addError(task, basis, outcome)
  }

  /** Whether an operation that reads now gets the same. Between a reading and here, another one may have been made or have failed. */
  #isLast(task: ReadingTask<Value>, { entry, error, change }: ReadOutcome<Value>): boolean {
    const { entries, refreshes } = this.#cache
    if (entry && entries.peek(task.key) !== entry) return false
    return error !== null || refreshes.failure(task, change) === null
  }

  /** The monotonic time at which the reading is due, or is served on other conditions. */
  #phaseEnd({ ttl }: ReadingTask<Value>, { readAt }: CacheEntry<Value>, error: unknown): number {
    const { clock, settings } = this.#upstream
    const { staleWhileRevalidate, staleIfError } = settings
    const now = clock.elapsed()
    const due = readAt + ttl
    const later = [due, due + staleWhileRevalidate].filter((end) => end > now)
    const last = due + (error === null ? staleWhileRevalidate : Math.max(staleWhileRevalidate, staleIfError))
    return Math.min(...later, last)
  }

  #addError(
    task: ReadingTask<Value>,
    basis: NonNullable<ReadOptions['basis']>,
    { error, refresh, change }: ReadOutcome<Value>,
  ): void {
    const { refreshes } = this.#cache
    const current = refreshes.current(task.key)
    if (refresh === null || refresh !== current) {
      // The last attempt failed. Until the next one begins, the error is the same.
      if (!current) basis.expireAt(refreshes.failureValidUntil(task, change))
      return
    }
    // The attempt in progress waits for a slot, or takes longer than operations may wait.
    refresh.isReported = true
    const { slotAt } = refresh
    // It is the same until the attempt ends, which is reported.
    if (error === unrefreshed) return
    if (slotAt !== null) basis.expireAt(slotAt - basis.timeout)
    else if (refresh.isTooSlowFor(basis.timeout)) basis.dependOn(refresh.onHangEnd)
    else basis.outdate()
  }
}
