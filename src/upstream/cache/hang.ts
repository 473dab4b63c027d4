import { Listeners } from '../../listeners.ts'
import type { CallRunner } from '../call/context.ts'

/**
 * The longest time that an operation has waited for a reading of one account until its deadline, since the vendor answered
 * last. The next reading of the account would take as long, for every place.
 */
export class Hang {
  readonly #ends = new Listeners()
  #longest = 0
  /** Monotonic time at which the vendor has answered last. */
  #answeredAt = Number.NEGATIVE_INFINITY

  /** Calls the listener when the vendor answers again. */
  readonly onEnd = this.#ends.subscribe

  /** An operation has waited from this monotonic time until its deadline. */
  record(from: number, milliseconds: number): void {
    // While other readings end, only that one is slow.
    if (this.#answeredAt < from) this.#longest = Math.max(this.#longest, milliseconds)
  }

  /** The vendor has answered. */
  end(now: number): void {
    this.#answeredAt = now
    if (this.#longest === 0) return
    this.#longest = 0
    this.#ends.notify()
  }

  /** Whether an operation that may wait this many milliseconds would wait in vain. */
  isLongerThan(milliseconds: number): boolean {
    return isInVain(this.#longest, milliseconds)
  }
}

/** Whether an operation would wait in vain where another one has waited for so long. Their times are never quite equal. */
export function isInVain(longest: number, milliseconds: number): boolean {
  return longest > 0 && 2 * longest >= milliseconds
}

const hangs = new WeakMap<CallRunner, Hang>()

/** That of the account which is read with this pipeline. */
export function hangOf(pipeline: CallRunner): Hang {
  const known = hangs.get(pipeline)
  if (known) return known
  const hang = new Hang()
  hangs.set(pipeline, hang)
  return hang
}
