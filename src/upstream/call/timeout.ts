import { type Clock, timerEnded } from '../clock.ts'
import { onAbort } from '../on-abort.ts'

export interface TimeLimit {
  readonly clock: Clock
  readonly milliseconds: number
  /** The error when the time is up. */
  readonly expired: () => Error
  /** Aborts the work earlier. */
  readonly signal?: AbortSignal
}

/** Runs work with a signal that aborts when the time is up. Rejects then, even if the work continues. */
export function withTimeout<Value>(
  { clock, milliseconds, expired, signal: outer }: TimeLimit,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timeout = new AbortController()
    let ignore = () => {}
    const end = () => {
      ignore()
      cancel()
    }
    // AbortSignal.any takes a multiple of the time.
    const stop = (reason: unknown) => {
      end()
      reject(reason)
      timeout.abort(reason)
    }
    const abort = () => stop(outer?.reason)
    const cancel = clock.timer(milliseconds, () => stop(expired()))
    if (outer?.aborted) abort()
    else if (outer) ignore = onAbort(outer, abort)
    // The function may also throw.
    const work = async () => run(timeout.signal)
    work().then(
      (value) => {
        end()
        resolve(value)
      },
      (reason) => {
        end()
        reject(reason)
      },
    )
  })
}

/** Waits for a promise until the signal aborts; then returns another value. */
export async function untilAbortedOr<Value>(promise: Promise<Value>, signal: AbortSignal, otherwise: () => Value) {
  try {
    return await untilAborted(promise, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    return otherwise()
  }
}

/** Waits for a promise for some time, or until the signal aborts; then returns another value. */
export async function untilTimeoutOr<Value>(
  promise: Promise<Value>,
  { clock, milliseconds, signal }: Pick<TimeLimit, 'clock' | 'milliseconds'> & { readonly signal: AbortSignal },
  otherwise: () => Value,
): Promise<Value> {
  const done = new AbortController()
  const timeout = clock.sleep(milliseconds, done.signal).then(otherwise)
  // It is rejected when the promise is settled first.
  timeout.catch(() => {})
  try {
    return await untilAbortedOr(Promise.race([promise, timeout]), signal, otherwise)
  } finally {
    done.abort(timerEnded)
  }
}

/** Waits for a promise until the signal aborts; then rejects with its reason. */
export function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    const end = onAbort(signal, abort)
    promise.then(
      (value) => {
        end()
        resolve(value)
      },
      (reason) => {
        end()
        reject(reason)
      },
    )
  })
}

/** A timeout that can be stopped and resumed: a reading that waits for a slot uses up no time. */
export class Stopwatch {
  readonly #clock: Clock
  readonly #expired: () => void
  #left: number
  /** Monotonic time of the last start; null while it is stopped. */
  #startedAt: number | null = null
  #cancel: () => void = () => {}

  constructor(clock: Clock, milliseconds: number, expired: () => void) {
    this.#clock = clock
    this.#left = milliseconds
    this.#expired = expired
    this.start()
  }

  get remaining(): number {
    return this.#left - (this.#startedAt === null ? 0 : this.#clock.elapsed() - this.#startedAt)
  }

  start(): void {
    if (this.#startedAt !== null) return
    this.#startedAt = this.#clock.elapsed()
    this.#cancel = this.#clock.timer(this.#left, this.#expired)
  }

  stop(): void {
    this.#left = this.remaining
    this.#startedAt = null
    this.#cancel()
  }
}
