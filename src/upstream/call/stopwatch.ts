import type { Clock } from '../clock.ts'

/** A time limit that can be halted: what waits for its turn uses up no time. */
export class Stopwatch {
  readonly #clock: Clock
  readonly #expired: () => void
  #left: number
  /** When it was started last; null while it is halted. */
  #since: number | null = null
  #running = new AbortController()

  constructor(clock: Clock, milliseconds: number, expired: () => void) {
    this.#clock = clock
    this.#left = milliseconds
    this.#expired = expired
    this.start()
  }

  get remaining(): number {
    return this.#left - (this.#since === null ? 0 : this.#clock.now() - this.#since)
  }

  start(): void {
    if (this.#since !== null) return
    this.#since = this.#clock.now()
    this.#running = new AbortController()
    this.#clock.sleep(this.#left, this.#running.signal).then(this.#expired, () => {})
  }

  halt(): void {
    this.#left = this.remaining
    this.#since = null
    this.#running.abort()
  }
}
