import type { Clock } from '../clock.ts'
import { UpstreamError, type UpstreamErrorCode } from '../error.ts'
import { secondsUntil } from './retry-after.ts'

/** The permission of a circuit breaker to make calls. */
export interface CircuitPermit {
  /** @throws UpstreamError when the circuit is open */
  check(): void
  /** Reports that the vendor responded, with a 429: it is up. */
  recordResponse(): void
}

/** The permit of a reading, whose result counts. */
export interface ReadingPermit extends CircuitPermit {
  /** Monotonic time of the slot that the reading waits for; null when it does not wait. */
  slotAt: number | null
  /** Reports how the reading ended; without an error when it succeeded. */
  end(error?: unknown): void
}

export interface CircuitListener {
  /** The circuit opened, or a probe failed and it stays open. */
  opened(reason: UpstreamError, wasOpen: boolean): void
  closed(): void
}

const maxFailures = 5
const firstPause = 30_000
const longestPause = 300_000

/** The errors of a vendor that is down. */
const failures: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_MALFORMED_RESPONSE',
])
/** The errors of a vendor that is up and rejects the call. */
const rejections: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNAUTHENTICATED',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_NOT_FOUND',
  'UPSTREAM_CONFLICT',
  'UPSTREAM_INVALID_REQUEST',
])

/**
 * Stops the calls for an account that fails. After five failed readings in a row the circuit is open for 30 seconds. Then
 * one reading probes the vendor; each failed probe doubles the pause, up to five minutes, or up to the longest window of
 * the account's rate limits. A longer pause would delay the recovery without sparing the vendor more than the limits do.
 */
export class CircuitBreaker {
  readonly #clock: Clock
  readonly #brand: string
  readonly #listener: CircuitListener
  readonly #maxPause: number
  #failures = 0
  #pause = firstPause
  /** Monotonic time of the next probe; null while the circuit is closed. */
  #probeAt: number | null = null
  #probe: ReadingPermit | null = null
  #lastError: UpstreamError | undefined

  /** @param longestWindow the longest window of the account's rate limits, if there are any */
  constructor(clock: Clock, brand: string, listener: CircuitListener, longestWindow = longestPause) {
    this.#clock = clock
    this.#brand = brand
    this.#listener = listener
    this.#maxPause = Math.min(Math.max(firstPause, longestWindow), longestPause)
  }

  /** The last reading did not fail. Then a failed call may be retried. */
  get isHealthy(): boolean {
    return this.#failures === 0
  }

  /** Whether calls are suspended, except for a probe. */
  get isOpen(): boolean {
    return this.#probeAt !== null
  }

  /** The permit of calls outside a reading: an open circuit stops them, and their results do not count. */
  get permit(): CircuitPermit {
    return {
      check: () => {
        if (this.#probeAt !== null) throw this.#toError(this.#probeAt)
      },
      recordResponse: () => {},
    }
  }

  /** Gives the permit of a reading. @throws UpstreamError when the circuit is open */
  acquire(): ReadingPermit {
    const probeAt = this.#probeAt
    if (probeAt !== null && (this.#probe || this.#clock.elapsed() < probeAt)) throw this.#toError(probeAt)
    const permit: ReadingPermit = {
      slotAt: null,
      check: () => {
        if (this.#probeAt !== null && this.#probe !== permit) throw this.#toError(this.#probeAt)
      },
      recordResponse: () => this.#close(),
      end: (error) => {
        // Another reading may have closed the circuit since.
        const isStillProbe = this.#probe === permit
        if (isStillProbe) this.#probe = null
        this.#record(error, isStillProbe)
      },
    }
    if (probeAt !== null) this.#probe = permit
    return permit
  }

  #record(error: unknown, isProbe: boolean): void {
    const code = error instanceof UpstreamError ? error.code : undefined
    if (error === undefined || (code && rejections.has(code))) this.#close()
    else if (error instanceof UpstreamError && failures.has(error.code)) this.#fail(error, isProbe)
  }

  #close(): void {
    const wasOpen = this.#probeAt !== null
    this.#failures = 0
    this.#pause = firstPause
    this.#probeAt = null
    this.#probe = null
    if (wasOpen) this.#listener.closed()
  }

  #fail(error: UpstreamError, isProbe: boolean): void {
    this.#failures += 1
    this.#lastError = error
    if (isProbe) this.#pause = Math.min(2 * this.#pause, this.#maxPause)
    else if (this.#probeAt !== null || this.#failures < maxFailures) return
    const wasOpen = this.#probeAt !== null
    this.#probeAt = this.#clock.elapsed() + this.#pause
    this.#listener.opened(this.#toError(this.#probeAt), wasOpen)
  }

  /** Contains the code and the status of the last failure alone: its message may name a place that this caller may not see. */
  #toError(probeAt: number): UpstreamError {
    const next = Math.max(probeAt, this.#probe?.slotAt ?? probeAt)
    const httpStatus = this.#lastError?.details.httpStatus
    const details = {
      retryAfterSeconds: secondsUntil(next, this.#clock.elapsed()),
      ...(httpStatus !== undefined && { httpStatus }),
    }
    const message = `${this.#brand} failed ${this.#failures} times in a row, the last time with ${this.#lastError?.code}; calls are paused`
    return new UpstreamError('UPSTREAM_CIRCUIT_OPEN', message, details, this.#lastError)
  }
}
