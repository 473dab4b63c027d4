import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { UpstreamError } from '../error.ts'

/** Times are monotonic, with one exception. */
interface Failure {
  readonly error: UpstreamError
  /** The last error of a call that was made; null when there was none. */
  readonly answer: UpstreamError | null
  readonly startedAt: number
  readonly failedAt: number
  /** Wall-clock time at which the first of the attempts began that have failed since the last success. */
  readonly since: number
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

  /** @param beganAt wall-clock time of `startedAt` */
  add(key: string, error: UpstreamError, { startedAt, beganAt }: { startedAt: number; beganAt: number }): void {
    const answer = isAnswer(error) ? error : this.getAnswer(key)
    const since = this.since(key) ?? beganAt
    this.#failures.set(key, { error, answer, startedAt, failedAt: this.#clock.elapsed(), since })
  }

  /** Removes the failure when a reading succeeded that did not start before the failed one. */
  clear(key: string, startedAt: number): void {
    const failure = this.#failures.get(key)
    if (failure && startedAt >= failure.startedAt) this.#failures.delete(key)
  }

  /** The monotonic time from which on the error may be another one, because another attempt may be made. */
  validUntil(key: string): number {
    const failure = this.#failures.get(key)
    if (!failure) return Number.NEGATIVE_INFINITY
    const { error, failedAt } = failure
    const { retryAfterSeconds } = error.details
    // The seconds are rounded up.
    const announced = retryAfterSeconds === undefined ? Number.POSITIVE_INFINITY : (retryAfterSeconds - 1) * 1000
    const paused = error.code === 'UPSTREAM_CIRCUIT_OPEN' ? Number.POSITIVE_INFINITY : backoff
    return failedAt + Math.min(announced, paused)
  }

  /** The error of the last failure, with the time that is left to wait. */
  get(key: string): UpstreamError | null {
    const failure = this.#failures.get(key)
    return failure ? failure.error.after(this.#clock.elapsed() - failure.failedAt) : null
  }

  /** The monotonic time at which the last attempt failed; null when it succeeded. */
  failedAt(key: string): number | null {
    return this.#failures.get(key)?.failedAt ?? null
  }

  /** The wall-clock time at which the first failed attempt since the last success began; null when the last one succeeded. */
  since(key: string): number | null {
    return this.#failures.get(key)?.since ?? null
  }

  /** The error of the last reading that failed at the vendor. An open circuit or a rate limit does not replace it. */
  getAnswer(key: string): UpstreamError | null {
    return this.#failures.get(key)?.answer ?? null
  }

  /** Whether it is too early for another attempt. Two attempts start at least `interval` milliseconds apart. */
  isBackingOff(key: string, interval: number): boolean {
    const failure = this.#failures.get(key)
    // An open circuit spares the vendor already.
    if (!failure || failure.error.code === 'UPSTREAM_CIRCUIT_OPEN') return false
    return this.#clock.elapsed() < Math.max(failure.failedAt + backoff, failure.startedAt + interval)
  }
}

/** Whether a call was made that failed. */
function isAnswer({ code, details: { httpStatus } }: UpstreamError): boolean {
  return code !== 'UPSTREAM_CIRCUIT_OPEN' && (code !== 'UPSTREAM_RATE_LIMITED' || httpStatus !== undefined)
}
