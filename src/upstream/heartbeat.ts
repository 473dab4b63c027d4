import type { Clock } from './clock.ts'

/** Renews a lease at an interval, until it is ended. */
export class Heartbeat {
  readonly #clock: Clock
  readonly #interval: number
  readonly #renew: () => Promise<unknown>
  readonly #ended = new AbortController()

  /** @param interval milliseconds, shorter than the lease lasts */
  constructor(clock: Clock, interval: number, renew: () => Promise<unknown>) {
    this.#clock = clock
    this.#interval = interval
    this.#renew = renew
  }

  start(): void {
    this.#run().catch(() => {})
  }

  end(): void {
    this.#ended.abort()
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.#interval, this.#ended.signal)
      await this.#renew()
    }
  }
}
