import type { OperationLimits } from '../limits.ts'
import { RequestError } from './request-error.ts'

type Release = () => void

const retryAfterSeconds = 1

/** Limits how many operations execute at the same time. Further ones wait in order of arrival, up to a limit. */
export class ConcurrencyLimiter {
  readonly #limits: OperationLimits
  readonly #countByCaller = new Map<string, number>()
  readonly #queue = new Set<() => void>()
  #executing = 0

  constructor(limits: OperationLimits) {
    this.#limits = limits
  }

  /**
   * Resolves when the operation may execute, with a function to call when it has ended.
   * @param caller null for an unidentified caller, to whom `perCaller` does not apply
   * @throws RequestError
   */
  async acquire(caller: string | null, signal: AbortSignal): Promise<Release> {
    const { executing, waiting, perCaller } = this.#limits
    const count = caller === null ? 0 : (this.#countByCaller.get(caller) ?? 0)
    if (count >= perCaller) throw toCallerLimitError(perCaller)
    if (this.#executing >= executing && this.#queue.size >= waiting) throw this.#toOverloadError()
    if (caller !== null) this.#countByCaller.set(caller, count + 1)
    try {
      if (this.#executing < executing) this.#executing += 1
      else await this.#wait(signal)
    } catch (error) {
      this.#forget(caller)
      throw error
    }
    return () => this.#release(caller)
  }

  /** Hands the free slot to the operation that has waited longest. */
  #release(caller: string | null): void {
    this.#forget(caller)
    const [next] = this.#queue
    if (next) next()
    else this.#executing -= 1
  }

  #wait(signal: AbortSignal): Promise<void> {
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
      this.#queue.add(start)
    })
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
