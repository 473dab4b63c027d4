import { LRUCache } from 'lru-cache'
import type { UpstreamDependencies } from '../dependencies.ts'
import { isReadingFailure, UpstreamError } from '../error.ts'
import type { CacheEntries } from './cache-entries.ts'
import { FailureCache } from './failure-cache.ts'
import { hangOf } from './hang.ts'
import { makeReading } from './make-reading.ts'
import type { CacheEntry, ReadingState, ReadingTask, ReadOptions } from './reading.ts'
import { Refresh } from './refresh.ts'

/** Readings of which failures and calls are remembered. */
const maxTracked = 20_000

/** Where another reading begins. */
interface Beginning {
  /** A reading of another replica is recent enough when it started after this monotonic time. */
  readonly startedAfter: number
  /** The last change before it. */
  readonly change: string | null
  /** Milliseconds between the beginnings of two attempts. */
  readonly interval?: number
}

/** The readings of a cache that are being made, and how the last attempt of each ended. */
export class Refreshes<Value extends object> {
  readonly #upstream: UpstreamDependencies
  readonly #entries: CacheEntries<Value>
  readonly #publish: (key: string) => void
  readonly #failures: FailureCache
  readonly #inProgress = new Map<string, Refresh<CacheEntry<Value>>>()
  /** The monotonic time of the last call of each reading, whether it succeeded or not. */
  readonly #lastCalls: LRUCache<string, number>
  /** The last of these times. */
  #lastCall = Number.NEGATIVE_INFINITY

  /** @param publish reports by key that what is kept of a reading has changed */
  constructor(upstream: UpstreamDependencies, entries: CacheEntries<Value>, publish: (key: string) => void) {
    this.#upstream = upstream
    this.#entries = entries
    this.#publish = publish
    this.#failures = new FailureCache(upstream.clock, maxTracked)
    this.#lastCalls = new LRUCache({ maxSize: maxTracked, sizeCalculation: () => 1 })
  }

  /** The reading in progress that began last. */
  current(key: string): Refresh<CacheEntry<Value>> | undefined {
    return this.#inProgress.get(key)
  }

  /** The error of the last attempt after a change; null when it succeeded. */
  failure({ key }: Pick<ReadingTask<Value>, 'key'>, change: string | null): UpstreamError | null {
    return this.#failures.get(toFailureKey(key, change))
  }

  /** How the last attempt after a change failed; null when it succeeded. */
  lastFailure({ key }: Pick<ReadingTask<Value>, 'key'>, change: string | null): ReadingState<Value>['failure'] {
    const failureKey = toFailureKey(key, change)
    const [error, at] = [this.#failures.get(failureKey), this.#failures.failedAt(failureKey)]
    return error && at !== null ? { error, answer: this.#failures.getAnswer(failureKey), at } : null
  }

  /** The wall-clock time at which the first attempt since the last success began, failed or in progress; null without one. */
  attemptedSince({ key }: Pick<ReadingTask<Value>, 'key'>, change: string | null): number | null {
    return this.#failures.since(toFailureKey(key, change)) ?? this.current(key)?.beganAt ?? null
  }

  /** The monotonic time until which this error is the same while no other attempt begins. */
  failureValidUntil({ key }: Pick<ReadingTask<Value>, 'key'>, change: string | null): number {
    return this.#failures.validUntil(toFailureKey(key, change))
  }

  /** Removes the failure when a reading that started at this time succeeded elsewhere. */
  clearFailure({ key }: Pick<ReadingTask<Value>, 'key'>, change: string | null, startedAt: number): void {
    this.#failures.clear(toFailureKey(key, change), startedAt)
  }

  /** Whether `get` would begin another reading. */
  mayBegin({ key }: ReadingTask<Value>, { signal }: ReadOptions, { change, interval = 0 }: Beginning): boolean {
    if (this.#inProgress.get(key)?.change === change) return false
    return !signal.aborted && !this.#failures.isBackingOff(toFailureKey(key, change), interval)
  }

  /** The reading in progress, or a new one. Null when the operation has ended, or too soon after a failure. */
  get(task: ReadingTask<Value>, options: ReadOptions, beginning: Beginning): Refresh<CacheEntry<Value>> | null {
    const { startedAfter, change } = beginning
    const current = this.#inProgress.get(task.key)
    if (current && current.change === change) {
      current.startedAfter = Math.max(current.startedAfter, startedAfter)
      return current
    }
    return this.mayBegin(task, options, beginning) ? this.begin(task, options, beginning) : null
  }

  /** Ends the readings with these keys that wait for a slot. One that is being received is completed. */
  cancel(matches: (key: string) => boolean): void {
    for (const [key, refresh] of this.#inProgress) if (matches(key) && refresh.slotAt !== null) refresh.cancel()
  }

  begin(
    task: ReadingTask<Value>,
    options: ReadOptions,
    { startedAfter, change }: Beginning,
  ): Refresh<CacheEntry<Value>> {
    const refresh = new Refresh<CacheEntry<Value>>(
      {
        clock: this.#upstream.clock,
        startedAfter,
        change,
        hang: hangOf(task.pipeline),
        cause: options.cause,
        onSlotChange: () => this.#publish(task.key),
      },
      (self) => this.#make(task, self, options),
    )
    this.#inProgress.set(task.key, refresh)
    return refresh
  }

  async #make(
    task: ReadingTask<Value>,
    refresh: Refresh<CacheEntry<Value>>,
    options: ReadOptions,
  ): Promise<CacheEntry<Value>> {
    const { clock, log } = this.#upstream
    const { key } = task
    const failureKey = toFailureKey(key, refresh.change)
    const startedAt = clock.elapsed()
    let wasRejected = false
    try {
      const lastFailure = () => this.#failures.getAnswer(failureKey)
      const entry = await makeReading(task, refresh, this.#upstream, {
        ...options,
        lastFailure,
        lastCallAt: () => this.#lastCallAt(key),
        onRejected: (error) => {
          wasRejected = true
          this.#reportFailure(task, error)
        },
        onCall: () => {
          // Calls at the same time have an order too.
          this.#lastCall = Math.max(clock.elapsed(), this.#lastCall + 0.001)
          this.#lastCalls.set(key, this.#lastCall)
          options.onCall?.()
        },
      })
      hangOf(task.pipeline).end(clock.elapsed())
      if (this.#isLatest(key, refresh) && !this.#entries.hasNewer(key, entry)) this.#entries.set(key, entry)
      this.#failures.clear(failureKey, startedAt)
      this.#publish(key)
      return entry
    } catch (error) {
      if (error instanceof UpstreamError) {
        if (isAnswer(error)) hangOf(task.pipeline).end(clock.elapsed())
        this.#failures.add(failureKey, error, { startedAt, beganAt: refresh.beganAt })
        // Each 429 has been reported.
        if (!(wasRejected && error.details.httpStatus === 429)) this.#reportFailure(task, error)
        this.#publish(key)
      }
      if (!isReadingFailure(error)) log.error({ err: error }, 'a reading failed unexpectedly')
      throw error
    } finally {
      if (this.#isLatest(key, refresh)) this.#inProgress.delete(key)
      if (refresh.isReported) this.#publish(key)
    }
  }

  #reportFailure({ source }: ReadingTask<Value>, error: UpstreamError): void {
    if (source) this.#upstream.observer?.readingFailed(source, error)
  }

  /** Another replica may have made the last reading. */
  #lastCallAt(key: string): number {
    const times = [this.#lastCalls.get(key), this.#entries.peek(key)?.startedAt]
    return Math.max(...times.map((time) => time ?? Number.NEGATIVE_INFINITY))
  }

  /** Another refresh may have begun: after a change, or for an operation that needs one that begins now. */
  #isLatest(key: string, refresh: Refresh<CacheEntry<Value>>): boolean {
    return this.#inProgress.get(key) === refresh
  }
}

/** Whether the vendor has answered. */
function isAnswer({ code, details }: UpstreamError): boolean {
  return code !== 'UPSTREAM_CIRCUIT_OPEN' && details.httpStatus !== undefined
}

/** A failure before a change says nothing about a reading after it. */
function toFailureKey(key: string, change: string | null): string {
  return change === null ? key : `${key} ${change}`
}
