import { LRUCache } from 'lru-cache'
import { AnswerBasis } from '../answer-basis.ts'
import type { Clock } from '../upstream/clock.ts'
import type { PendingAnswer } from './pending-answer.ts'
import { costHeader } from './price.ts'
import type { StoredAnswer } from './stored-answer.ts'

/** Bytes of one answer. */
export const maxStoredAnswer = 1024 ** 2
/** Bytes of all stored answers. */
const maxStoredAnswers = 64 * 1024 ** 2
/** Bytes of an answer besides its body and its key, roughly. */
const overhead = 1_000

/** The answers of the last moment, by request, and those that are being made. */
export class StoredAnswers {
  /** Milliseconds that an answer may be given again after its operation began. */
  readonly maxAge: number
  readonly #clock: Clock
  readonly #maxCost: number
  readonly #answers: LRUCache<string, StoredAnswer>
  readonly #pending = new Map<string, PendingAnswer>()
  #nextCleanup = 0

  /** @param maxCost the cost that one operation may have */
  constructor(clock: Clock, maxAge: number, maxCost: number, maxSize = maxStoredAnswers) {
    this.#clock = clock
    this.maxAge = maxAge
    this.#maxCost = maxCost
    this.#answers = new LRUCache({
      maxSize,
      sizeCalculation: ({ bytes }, key) => bytes.length + key.length + overhead,
      dispose({ basis, price }) {
        basis.release()
        price.release()
      },
    })
  }

  /** Drops all answers: nothing that changes reports to them any more. */
  clear(): void {
    this.#answers.clear()
  }

  /** The bytes that the stored answers take, roughly. */
  get size(): number {
    return this.#answers.calculatedSize
  }

  /** The answer to give again. A change by another replica may be found out first. */
  find(key: string): StoredAnswer | undefined | Promise<StoredAnswer | undefined> {
    const answer = this.#answers.get(key)
    if (!answer) return undefined
    const isLatest = this.#isValid(answer) && answer.basis.followsLatestChanges()
    if (isLatest instanceof Promise)
      return isLatest.then((result) => (result && this.#isValid(answer) ? answer : this.#drop(key, answer)))
    return isLatest === true ? answer : this.#drop(key, answer)
  }

  /** The answer that is being made and that an identical request may wait for, which arrived at a monotonic time. */
  findPending(key: string, arrivedAt: number): PendingAnswer | undefined | Promise<PendingAnswer | undefined> {
    const pending = this.#pending.get(key)
    if (!pending?.isJoinable(arrivedAt, this.maxAge)) return undefined
    const isLatest = pending.basis?.followsLatestChanges() ?? true
    if (isLatest instanceof Promise)
      return isLatest.then((result) => (result && pending.isJoinable(arrivedAt, this.maxAge) ? pending : undefined))
    return isLatest === true ? pending : undefined
  }

  /** An answer is being made. */
  add(key: string, pending: PendingAnswer): void {
    this.#pending.set(key, pending)
  }

  /** The answer has been made, or will not be. It is stored if it may be given again. */
  end(key: string, pending: PendingAnswer, answer: StoredAnswer | null): void {
    if (this.#pending.get(key) === pending) this.#pending.delete(key)
    const current = answer && this.#isValid(answer) ? this.#withCurrentPrice(answer, pending) : null
    if (current) this.#store(key, current)
    else {
      pending.basis?.release()
      pending.price.release()
    }
    if (answer) pending.end(answer)
    else pending.exclude()
  }

  /**
   * The answer with the cost of an identical operation that begins now: the first readings of places change it. Null when
   * that operation may have another body.
   */
  #withCurrentPrice(answer: StoredAnswer, { computePrice }: PendingAnswer): StoredAnswer | null {
    if (answer.price.isCurrentAt(0)) return answer
    const found = computePrice?.()
    if (!found || found.cost > this.#maxCost) return null
    const { cost, changes } = found
    const price = new AnswerBasis(0)
    if (changes) price.dependOn(changes.subscribe)
    const { status, statusText, bytes, operation, basis } = answer
    const isCost = (index: number) => index % 2 === 1 && answer.headers[index - 1] === costHeader
    const headers = answer.headers.map((text, index) => (isCost(index) ? String(cost) : text))
    return { status, statusText, headers, bytes, operation: { ...operation, cost }, basis, price }
  }

  #store(key: string, answer: StoredAnswer): void {
    const now = this.#clock.elapsed()
    if (now >= this.#nextCleanup) {
      for (const [each, { basis }] of this.#answers)
        if (now >= basis.startedAt + this.maxAge) this.#answers.delete(each)
      this.#nextCleanup = now + this.maxAge
    }
    const drop = () => this.#drop(key, answer)
    const { basis, price } = answer
    this.#answers.set(key, answer)
    basis.onEnd(drop)
    price.onEnd(drop)
  }

  #isValid({ basis }: StoredAnswer): boolean {
    const now = this.#clock.elapsed()
    return basis.isShareable && basis.isCurrentAt(now) && now < basis.startedAt + this.maxAge
  }

  #drop(key: string, answer: StoredAnswer): undefined {
    if (this.#answers.peek(key) === answer) this.#answers.delete(key)
  }
}
