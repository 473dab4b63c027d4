import { setMaxListeners } from 'node:events'
import { setImmediate as nextPoll } from 'node:timers/promises'
import { AnswerBasis } from '../answer-basis.ts'
import { type Clock, timerEnded } from '../upstream/clock.ts'
import type { Price } from './price.ts'
import type { OperationSummary, StoredAnswer } from './stored-answer.ts'

/**
 * The answer for the requests that wait for it. `alone`: the answer is not for others. `next`: it is made for another
 * request, because the client of the first one has left or the answer takes long. `left`: the waiting client has left.
 */
export type Outcome = StoredAnswer | 'alone' | 'next' | 'left'

/** The part of its remaining time for which a request waits for the answer to another one. */
const maxWait = 0.75

/** The part of the deadline that is too short for another attempt. */
const tooLate = 0.1

/**
 * The part of the deadline by which the arrivals of two requests may differ. An operation answers at its deadline with what
 * it has read, and a request that has more time may get more.
 */
const maxGap = 0.1

/** Milliseconds for which an operation may wait for identical requests that have arrived. */
const maxGathering = 100

/** The requests that are answered in one iteration of the event loop. */
const perIteration = 50

/** An answer that is being made for one request, and the identical requests that wait for it. */
export class PendingAnswer {
  /** What the cost in the answer was computed from. It changes for identical requests only after the answer is made. */
  readonly price = new AnswerBasis(0)
  /** Computes the cost of an operation that begins now; undefined when the cost is in the body of the answer. */
  computePrice: (() => Price | undefined) | undefined
  /** What the answer is made from; undefined until the operation begins. */
  basis: AnswerBasis | undefined
  operation: OperationSummary = { operationName: undefined, cost: undefined, read: undefined }
  readonly #clock: Clock
  readonly #arrivedAt: number
  readonly #deadline: number
  readonly #hasLeft: () => boolean
  readonly #waiting = new Set<(outcome: Outcome) => void>()
  readonly #ended = new AbortController()
  #joined = 0

  /**
   * @param arrivedAt the monotonic time at which the request arrived that the answer is made for
   * @param deadline milliseconds that one operation may take
   * @param hasLeft whether the client that the answer is made for has left
   */
  constructor(clock: Clock, arrivedAt: number, deadline: number, hasLeft: () => boolean) {
    this.#clock = clock
    this.#arrivedAt = arrivedAt
    this.#deadline = deadline
    this.#hasLeft = hasLeft
    setMaxListeners(0, this.#ended.signal)
  }

  /**
   * Waits while identical requests arrive, in each iteration of the event loop at least one. When many are sent at the same
   * time, it takes a while to read them all: the last ones would come too late for an answer that begins with the first one.
   */
  async gather(): Promise<void> {
    const end = this.#clock.elapsed() + maxGathering
    let joined: number
    do {
      joined = this.#joined
      await nextPoll()
    } while (this.#joined > joined && this.#clock.elapsed() < end)
  }

  /** The operation begins now. It is a query. */
  begin(): AnswerBasis {
    const basis = new AnswerBasis(this.#clock.elapsed(), this.#deadline)
    basis.onEnd(() => {
      if (!basis.isShareable) this.exclude()
    })
    this.basis = basis
    return basis
  }

  /** The answer is not for other requests. */
  exclude(): void {
    this.end(this.#hasLeft() ? 'next' : 'alone')
  }

  /**
   * Whether an identical request may wait for the answer.
   * @param arrivedAt the monotonic time at which it arrived
   */
  isJoinable(arrivedAt: number, maxAge: number): boolean {
    if (this.#ended.signal.aborted) return false
    if (Math.abs(arrivedAt - this.#arrivedAt) > maxGap * this.#deadline) return false
    const now = this.#clock.elapsed()
    return !this.basis || (this.basis.isCurrentAt(now) && now < this.basis.startedAt + maxAge)
  }

  /** Calls `resolve` with the answer, not before it returns. Returns a function that ends the wait. */
  join(resolve: (outcome: Outcome) => void): () => void {
    // The answer was made while the request found out whether it may wait for it.
    if (this.#ended.signal.aborted) {
      queueMicrotask(() => resolve('next'))
      return () => {}
    }
    if (this.#waiting.size === 0) this.#startTimer()
    this.#waiting.add(resolve)
    this.#joined += 1
    return () => {
      this.#waiting.delete(resolve)
      resolve('left')
    }
  }

  end(outcome: Outcome): void {
    if (this.#ended.signal.aborted) return
    this.#ended.abort(timerEnded)
    void this.#resolve(outcome)
  }

  /** A thousand responses at once would delay all others. */
  async #resolve(outcome: Outcome): Promise<void> {
    let left = perIteration
    for (const resolve of this.#waiting) {
      resolve(outcome)
      left -= 1
      if (left > 0) continue
      await nextPoll()
      left = perIteration
    }
    this.#waiting.clear()
  }

  /** Then one of the waiting requests is executed, for all of them: their own deadlines come closer. */
  #startTimer(): void {
    const remaining = this.#arrivedAt + this.#deadline - this.#clock.elapsed()
    if (remaining < tooLate * this.#deadline) return
    this.#clock.sleep(maxWait * remaining, this.#ended.signal).then(
      () => this.end('next'),
      () => {},
    )
  }
}
