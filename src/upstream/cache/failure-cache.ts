import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { UpstreamError } from '../error.ts'

interface Failure {
  readonly error: UpstreamError
  readonly begunAt: number
  readonly at: number
}

/** How long nothing is tried again after it failed, so that a vendor that is down is not hammered. */
const rest = 5_000

/** What failed last, and has not succeeded since. */
export class FailureCache {
  readonly #clock: Clock
  readonly #failures: LRUCache<string, Failure>

  constructor(clock: Clock, most: number) {
    this.#clock = clock
    // `max` would allocate room for that many entries at once.
    this.#failures = new LRUCache({ maxSize: most, sizeCalculation: () => 1 })
  }

  add(key: string, error: UpstreamError, begunAt: number): void {
    this.#failures.set(key, { error, begunAt, at: this.#clock.now() })
  }

  /** Something succeeded that began then. */
  clear(key: string, begunAt: number): void {
    const failure = this.#failures.get(key)
    if (failure && begunAt >= failure.begunAt) this.#failures.delete(key)
  }

  /** Why it failed, as it is to be told now; null when it did not. */
  get(key: string): UpstreamError | null {
    const failure = this.#failures.get(key)
    return failure ? failure.error.after(this.#clock.now() - failure.at) : null
  }

  /** Whether it is too early to try again: then at least so many milliseconds have to lie between two beginnings. */
  isBackingOff(key: string, between: number): boolean {
    const failure = this.#failures.get(key)
    if (!failure) return false
    const now = this.#clock.now()
    // A clock that was set back tells nothing of how long ago it was.
    return now >= failure.at && now < Math.max(failure.at + rest, failure.begunAt + between)
  }
}
