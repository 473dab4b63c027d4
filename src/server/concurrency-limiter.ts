import type { OperationLimits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import { RequestError } from './request-error.ts'

type Release = () => void

const retryAfterSeconds = 1

/**
 * Limits how many operations execute at the same time. Further ones wait, up to a limit; the next one is the oldest of the
 * caller who has used least time.
 */
export class ConcurrencyLimiter {
  readonly #limits: OperationLimits
  readonly #countByCaller = new Map<string, number>()
  readonly #usedBy: (caller: Caller) => number
  readonly #queue = new Map<() => void, Caller>()
  #executing = 0
  /** Operations that wait for the answer to an identical one. */
  #following = 0

  /** @param usedBy how much time a caller has used */
  constructor(limits: OperationLimits, usedBy: (caller: Caller) => number) {
    this.#limits = limits
    this.#usedBy = usedBy
  }

  /** Whether an operation may execute or wait now. Otherwise `acquire` has the error. */
  admits(by: Caller): boolean {
    const { executing, waiting, perCaller } = this.#limits
    return this.#countOf(by) < perCaller && (this.#executing < executing || this.#queue.size < waiting)
  }

  /**
   * Resolves when the operation may execute, with a function to call when it has ended.
   * An unidentified caller has no limit of its own.
   * @throws RequestError
   */
  async acquire(by: Caller, signal: AbortSignal): Promise<Release> {
    const caller = by.isIdentified ? by.name : null
    const { executing, waiting, perCaller } = this.#limits
    const count = this.#countOf(by)
    if (count >= perCaller) throw toCallerLimitError(perCaller)
    if (this.#executing >= executing && this.#queue.size >= waiting) throw this.#toOverloadError()
    if (caller !== null) this.#countByCaller.set(caller, count + 1)
    try {
      if (this.#executing < executing) this.#executing += 1
      else await this.#wait(by, signal)
    } catch (error) {
      this.#forget(caller)
      throw error
    }
    return () => this.#release(caller)
  }

  /**
   * Counts an operation that waits for the answer to an identical one, as one of its caller that waits. Returns null when that
   * exceeds a limit: `acquire` has the error.
   */
  follow(by: Caller): Release | null {
    const caller = by.isIdentified ? by.name : null
    const count = this.#countOf(by)
    if (count >= this.#limits.perCaller || this.#queue.size + this.#following >= this.#limits.waiting) return null
    if (caller !== null) this.#countByCaller.set(caller, count + 1)
    this.#following += 1
    return () => {
      this.#following -= 1
      this.#forget(caller)
    }
  }

  /** Hands the free slot to the next operation. */
  #release(caller: string | null): void {
    this.#forget(caller)
    const next = this.#findNext()
    if (next) next()
    else this.#executing -= 1
  }

  #findNext(): (() => void) | null {
    let next: (() => void) | null = null
    let least = Number.POSITIVE_INFINITY
    for (const [start, caller] of this.#queue) {
      const used = this.#usedBy(caller)
      if (next !== null && used >= least) continue
      next = start
      least = used
    }
    return next
  }

  #wait(caller: Caller, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(this.#toOverloadError())
    return new Promise((resolve, reject) => {
      const start = () => {
        this.#queue.delete(start)
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        this.#queue.delete(start)
        reject(this.#toOverloadError())
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#queue.set(start, caller)
    })
  }

  #countOf({ name, isIdentified }: Caller): number {
    return isIdentified ? (this.#countByCaller.get(name) ?? 0) : 0
  }

  #toOverloadError(): RequestError {
    const message = `The server is executing ${this.#limits.executing} operations, its limit; retry in a moment.`
    return new RequestError('OVERLOADED', message, {
      status: 503,
      measured: { limit: this.#limits.executing },
      retryAfterSeconds,
    })
  }

  #forget(caller: string | null): void {
    if (caller === null) return
    const left = (this.#countByCaller.get(caller) ?? 1) - 1
    if (left > 0) this.#countByCaller.set(caller, left)
    else this.#countByCaller.delete(caller)
  }
}

function toCallerLimitError(limit: number): RequestError {
  const message = `${limit} operations of yours are in progress, the limit per caller; retry when one has finished.`
  return new RequestError('OVERLOADED', message, { status: 429, measured: { limit }, retryAfterSeconds })
}
