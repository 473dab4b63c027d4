import type { Clock } from '../upstream/clock.ts'

/**
 * A timer is not longer than this: the clock of the machine may be set, and other processes add baselines, whose thresholds
 * this one has to notice when they end.
 */
const longest = 300_000

/** A timer for the first of several moments, in wall-clock time. */
export class WakeTimer {
  readonly #clock: Clock
  readonly #isShared: () => boolean
  readonly #wake: () => void
  #at = Number.POSITIVE_INFINITY
  #cancel = () => {}
  #isClosed = false

  /** @param options.isShared whether other processes may set moments that this one has not seen */
  constructor(clock: Clock, { isShared, wake }: { isShared(): boolean; wake(): void }) {
    this.#clock = clock
    this.#isShared = isShared
    this.#wake = wake
  }

  /** Sets the timer, whatever it was set to. `Infinity` for no moment. */
  set(at: number): void {
    if (this.#isClosed) return
    this.#cancel()
    this.#at = at
    if (at === Number.POSITIVE_INFINITY && !this.#isShared()) return
    const wait = Math.min(Math.max(at - this.#clock.now(), 0), longest)
    this.#cancel = this.#clock.timer(wait, this.#wake)
  }

  /** Sets the timer to this moment if it is the earlier one. */
  setBy(at: number): void {
    if (at < this.#at) this.set(at)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }
}
