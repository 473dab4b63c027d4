import type { Clock } from '../upstream/clock.ts'

/** Milliseconds of an iteration of the event loop after which the next operation waits for another one. */
const maxTime = 10
/** Operations that may be aborted in one iteration. */
const maxAborts = 32

/**
 * Aborts operations one after another, few in one iteration of the event loop. Each may have thousands of fields that fail,
 * and operations that began together have their deadlines together.
 */
export class AbortQueue {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #waiting = new Set<() => void>()
  #isScheduled = false

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  /** Aborts an operation when those before it have failed: at once, unless there are some. */
  add(abort: () => void): void {
    if (this.#isScheduled) {
      this.#waiting.add(abort)
      return
    }
    this.#schedule()
    abort()
  }

  /** The operation has ended by itself. */
  remove(abort: () => void): void {
    this.#waiting.delete(abort)
  }

  /** What an operation does when it is aborted follows its callback: promises are settled between two callbacks. */
  #schedule(): void {
    this.#isScheduled = true
    let left = Math.max(1, Math.min(maxAborts, this.#waiting.size))
    let startedAt: number | null = null
    const abortNext = () => {
      startedAt ??= this.#clock.elapsed()
      left -= 1
      const [abort] = this.#waiting
      if (abort && this.#clock.elapsed() - startedAt < maxTime) {
        this.#waiting.delete(abort)
        abort()
      }
      if (left > 0) return
      this.#isScheduled = false
      if (this.#waiting.size > 0) this.#schedule()
    }
    for (let each = left; each > 0; each -= 1) setImmediate(abortNext)
  }
}
