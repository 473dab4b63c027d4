import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'

/** Milliseconds between two lines in the log. */
const interval = 60_000

/** The values in Redis that were not used, because no replica with the same secret made them or because they are too old. */
export class InvalidValues {
  readonly #clock: Clock
  readonly #log: Logger
  #count = 0
  #logged = 0
  /** Monotonic time. */
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** How many were found since the start. */
  get count(): number {
    return this.#count
  }

  add(): void {
    this.#count += 1
    const now = this.#clock.elapsed()
    if (now - this.#loggedAt < interval) return
    this.#log.warn(
      { values: this.#count - this.#logged },
      'Redis has values with an invalid signature; they are not used',
    )
    this.#logged = this.#count
    this.#loggedAt = now
  }
}
