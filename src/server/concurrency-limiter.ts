import type { OperationLimits } from '../limits.ts'
import { RequestError } from './request-error.ts'

type Leave = () => void

const retryAfterSeconds = 1

/** Lets so many operations execute at a time; the next ones wait in the order they came, and all others are refused. */
export class ConcurrencyLimiter {
  readonly #limits: OperationLimits
  readonly #ofCaller = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  #executing = 0

  constructor(limits: OperationLimits) {
    this.#limits = limits
  }

  /**
   * Resolves when the operation may execute; what it resolves to is to be called when the operation has ended. `caller`
   * is null where nobody said who it is: then there is no limit of its own.
   * @throws Refusal
   */
  async enter(caller: string | null, signal: AbortSignal): Promise<Leave> {
    const { executing, perCaller } = this.#limits
    const ofCaller = caller === null ? 0 : (this.#ofCaller.get(caller) ?? 0)
    if (ofCaller >= perCaller) throw tooManyAtATime(perCaller)
    if (this.#executing >= executing && this.#waiting.size >= this.#limits.waiting) throw this.#overloaded()
    if (caller !== null) this.#ofCaller.set(caller, ofCaller + 1)
    try {
      if (this.#executing < executing) this.#executing += 1
      else await this.#turn(signal)
    } catch (error) {
      this.#forget(caller)
      throw error
    }
    return () => this.#leave(caller)
  }

  /** The place of one that leaves goes to the one that has waited the longest. */
  #leave(caller: string | null): void {
    this.#forget(caller)
    const [next] = this.#waiting
    if (next) next()
    else this.#executing -= 1
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(this.#overloaded())
    return new Promise((resolve, reject) => {
      const go = () => {
        this.#waiting.delete(go)
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        this.#waiting.delete(go)
        reject(this.#overloaded())
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.add(go)
    })
  }

  #overloaded(): RequestError {
    return new RequestError('OVERLOADED', 'Too many operations are under way; try again in a moment.', {
      status: 503,
      measured: { limit: this.#limits.executing },
      retryAfterSeconds,
    })
  }

  #forget(caller: string | null): void {
    if (caller === null) return
    const left = (this.#ofCaller.get(caller) ?? 1) - 1
    if (left > 0) this.#ofCaller.set(caller, left)
    else this.#ofCaller.delete(caller)
  }
}

function tooManyAtATime(limit: number): RequestError {
  return new RequestError('OVERLOADED', `You have ${limit} operations under way; wait for one of them.`, {
    status: 429,
    measured: { limit },
    retryAfterSeconds,
  })
}
