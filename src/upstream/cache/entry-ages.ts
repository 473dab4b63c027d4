import type { UpstreamDependencies } from '../dependencies.ts'
import type { CacheEntry, ReadingTask, ReadOptions } from './reading.ts'

type Times = Pick<CacheEntry<unknown>, 'startedAt' | 'readAt'>
type Ttl = Pick<ReadingTask<unknown>, 'ttl'>

/** How old an entry may be for each use, by the settings and the time at the moment. */
export class EntryAges {
  readonly #upstream: Pick<UpstreamDependencies, 'clock' | 'settings'>
  /** Monotonic time. */
  readonly #createdAt: number

  constructor(upstream: Pick<UpstreamDependencies, 'clock' | 'settings'>) {
    this.#upstream = upstream
    this.#createdAt = upstream.clock.elapsed()
  }

  /** Whether a reading of another process was made before this process has started. */
  isFromBeforeStart({ startedAt }: Pick<Times, 'startedAt'>): boolean {
    return startedAt <= this.#createdAt
  }

  /** Whether it is older than its ttl. */
  isDue({ readAt }: Times, { ttl }: Ttl): boolean {
    return this.#upstream.clock.elapsed() >= readAt + ttl
  }

  /** Whether it is too old to be served while another reading is made. */
  isOverdue({ readAt }: Times, { ttl }: Ttl): boolean {
    const { clock, settings } = this.#upstream
    return clock.elapsed() >= readAt + ttl + settings.staleWhileRevalidate
  }

  /** Whether it is served when the vendor fails. */
  isServed({ readAt }: Times, { ttl }: Ttl): boolean {
    const { clock, settings } = this.#upstream
    return clock.elapsed() < readAt + ttl + Math.max(settings.staleWhileRevalidate, settings.staleIfError)
  }

  /** Whether the operation is served it without waiting. */
  isRecentEnough(entry: Times, task: Ttl, options: ReadOptions): boolean {
    const maxAge = this.maxAge(options)
    if (maxAge === undefined) return !this.isOverdue(entry, task)
    return this.#upstream.clock.elapsed() - entry.startedAt <= maxAge
  }

  /** The age that the operation accepts, but at least `minReadingAge`. Undefined when it accepts every age within the ttl. */
  maxAge({ maxStaleness }: ReadOptions): number | undefined {
    return maxStaleness === undefined ? undefined : Math.max(maxStaleness, this.#upstream.settings.minReadingAge)
  }
}
