import type { Clock } from '../clock.ts'
import { UpstreamError, type UpstreamErrorCode } from '../error.ts'
import { secondsUntil } from './retry-after.ts'

/** The way through a circuit. */
export interface CircuitPermit {
  /** @throws UpstreamError when the circuit is open */
  check(): void
  /** The vendor is up: it asks for patience. */
  recordResponse(): void
}

/** The way of a reading, which counts. */
export interface ReadingPermit extends CircuitPermit {
  /** How it ended; no error when well. */
  end(error?: unknown): void
}

/** Who is told that a circuit opens and closes. */
export interface CircuitListener {
  opened(reason: UpstreamError): void
  closed(): void
}

const mostFailures = 5
const firstPause = 30_000
const longestPause = 300_000

/** A vendor that answers at all, be it with a refusal, is up. */
const failures: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_MALFORMED_RESPONSE',
])
const refusals: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNAUTHENTICATED',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_NOT_FOUND',
  'UPSTREAM_CONFLICT',
  'UPSTREAM_INVALID_REQUEST',
])

/**
 * Stops calling an account that fails: after five readings in a row none begins for half a minute. Then one probes, and
 * as long as it fails the pause doubles, up to five minutes.
 */
export class CircuitBreaker {
  readonly #clock: Clock
  readonly #brand: string
  readonly #onlooker: CircuitListener
  #failures = 0
  #pause = firstPause
  #openedAt = 0
  /** Null while closed. */
  #probeAt: number | null = null
  #probe: ReadingPermit | null = null
  #last: UpstreamError | undefined

  constructor(clock: Clock, brand: string, onlooker: CircuitListener) {
    this.#clock = clock
    this.#brand = brand
    this.#onlooker = onlooker
  }

  /** Nothing has failed lately: what fails now may be a passing trouble. */
  get isHealthy(): boolean {
    return this.#failures === 0
  }

  /** For calls that are no reading: they are stopped by an open circuit, and do not count. */
  get permit(): CircuitPermit {
    return {
      check: () => {
        if (this.#probeAt !== null) throw this.#refusal()
      },
      recordResponse: () => {},
    }
  }

  /** For a reading. @throws UpstreamError when the circuit is open */
  acquire(): ReadingPermit {
    const isProbe = this.#probeAt !== null
    if (isProbe && (this.#probe || !this.#isDue)) throw this.#refusal()
    const passage: ReadingPermit = {
      check: () => {
        if (this.#probeAt !== null && this.#probe !== passage) throw this.#refusal()
      },
      recordResponse: () => this.#close(),
      end: (error) => {
        // Another one may have closed the circuit meanwhile.
        const isStillProbe = this.#probe === passage
        if (isStillProbe) this.#probe = null
        this.#note(error, isStillProbe)
      },
    }
    if (isProbe) this.#probe = passage
    return passage
  }

  /** A clock that was set back tells nothing of how long ago it opened. */
  get #isDue(): boolean {
    const now = this.#clock.now()
    return now < this.#openedAt || now >= (this.#probeAt ?? 0)
  }

  #note(error: unknown, isProbe: boolean): void {
    const code = error instanceof UpstreamError ? error.code : undefined
    if (error === undefined || (code && refusals.has(code))) this.#close()
    else if (error instanceof UpstreamError && failures.has(error.code)) this.#fail(error, isProbe)
  }

  #close(): void {
    const wasOpen = this.#probeAt !== null
    this.#failures = 0
    this.#pause = firstPause
    this.#probeAt = null
    this.#probe = null
    if (wasOpen) this.#onlooker.closed()
  }

  #fail(error: UpstreamError, isProbe: boolean): void {
    this.#failures += 1
    this.#last = error
    if (isProbe) this.#pause = Math.min(2 * this.#pause, longestPause)
    else if (this.#probeAt !== null || this.#failures < mostFailures) return
    this.#openedAt = this.#clock.now()
    this.#probeAt = this.#openedAt + this.#pause
    this.#onlooker.opened(this.#refusal())
  }

  /** What failed last may have been another place: its code is all that is told to everybody. */
  #refusal(): UpstreamError {
    const retryAfterSeconds = secondsUntil(this.#probeAt ?? 0, this.#clock.now())
    const told = `${this.#brand} has failed ${this.#failures} times in a row, the last time with ${this.#last?.code}, and is left alone for now`
    return new UpstreamError('UPSTREAM_CIRCUIT_OPEN', told, { retryAfterSeconds }, this.#last)
  }
}
