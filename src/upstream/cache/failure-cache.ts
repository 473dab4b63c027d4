import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { UpstreamError } from '../error.ts'

/** Times are monotonic. */
interface Failure {
  readonly error: UpstreamError
  readonly startedAt: number
  readonly failedAt: number
}

/** How long no reading is made after a failed one, to spare a vendor that is down. */
const backoff = 5_000

/** The last failure of each reading, until the reading succeeds. */
export class FailureCache {
  readonly #clock: Clock
  readonly #failures: LRUCache<string, Failure>

  constructor(clock: Clock, maxFailures: number) {
    this.#clock = clock
    // `max` would allocate room for that many entries at once.
    this.#failures = new LRUCache({ maxSize: maxFailures, sizeCalculation: () => 1 })
  }

  add(key: string, error: UpstreamError, startedAt: number): void {
    this.#failures.set(key, { error, startedAt, failedAt: this.#clock.elapsed() })
  }

  /** Removes the failure when a reading succeeded that did not start before the failed one. */
  clear(key: string, startedAt: number): void {
    const failure = this.#failures.get(key)
    if (failure && startedAt >= failure.startedAt) this.#failures.delete(key)
  }

  /** The error of the last failure, with the time that is left to wait. */
  get(key: string): UpstreamError | null {
    const failure = this.#failures.get(key)
    return failure ? failure.error.after(this.#clock.elapsed() - failure.failedAt) : null
  }

  /** Whether it is too early for another attempt. Two attempts start at least `interval` milliseconds apart. */
  isBackingOff(key: string, interval: number): boolean {
    const failure = this.#failures.get(key)
    if (!failure) return false
    return this.#clock.elapsed() < Math.max(failure.failedAt + backoff, failure.startedAt + interval)
  }
}
