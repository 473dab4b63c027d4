import type { Clock } from '../clock.ts'

export interface TimeLimit {
  readonly clock: Clock
  readonly milliseconds: number
  /** What the work rejects with once the time is up. */
  readonly expired: () => Error
  /** Aborts the work earlier. */
  readonly signal?: AbortSignal
}

/** Runs work with a signal that aborts when its time is up; waits no longer than that, even if the work does. */
export async function withTimeout<Value>(
  { clock, milliseconds, expired, signal: outer }: TimeLimit,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const timeout = new AbortController()
  const done = new AbortController()
  clock.sleep(milliseconds, done.signal).then(
    () => timeout.abort(expired()),
    () => {},
  )
  try {
    const signal = outer ? AbortSignal.any([outer, timeout.signal]) : timeout.signal
    return await untilAborted(run(signal), signal)
  } finally {
    done.abort()
  }
}

/** Waits for what may be waited for until the signal aborts, and then goes on with something else. */
export async function untilAbortedOr<Value>(promise: Promise<Value>, signal: AbortSignal, otherwise: () => Value) {
  try {
    return await untilAborted(promise, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    return otherwise()
  }
}

/** Waits for a promise, but no longer than until the signal aborts; then rejects with its reason. */
export function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

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
