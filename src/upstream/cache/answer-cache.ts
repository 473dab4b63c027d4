import { LRUCache } from 'lru-cache'
import { untilAborted } from '../call/timeout.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'

/** Answers with more than this many rows together are not kept. */
const maxRows = 20_000

interface Answer<Value> {
  readonly value: Value
  /** Monotonic time. */
  readonly until: number
}

interface PendingAnswer<Value> {
  readonly made: Promise<Value>
  /** The signal of the operation that makes it. */
  readonly signal: AbortSignal
}

/** Keeps the answers to calls that single operations make, for a short time, so that equal operations share them. */
export class AnswerCache<Row> {
  readonly #clock: Clock
  readonly #ttl: number
  readonly #answers = new LRUCache<string, Answer<readonly Row[]>>({
    maxSize: maxRows,
    sizeCalculation: ({ value }) => 1 + value.length,
  })
  readonly #pending = new Map<string, PendingAnswer<readonly Row[]>>()

  /** @param ttl milliseconds that an answer serves */
  constructor(clock: Clock, ttl: number) {
    this.#clock = clock
    this.#ttl = ttl
  }

  /** Whether `get` would make no call. */
  isKept(key: string): boolean {
    const answer = this.#answers.peek(key)
    return this.#pending.has(key) || (answer !== undefined && this.#clock.elapsed() < answer.until)
  }

  /** The answer; the call is made if there is none and no other operation makes it. @throws UpstreamError when it fails */
  async get(key: string, signal: AbortSignal, make: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
    for (;;) {
      const answer = this.#answers.get(key)
      if (answer && this.#clock.elapsed() < answer.until) return answer.value
      const pending = this.#pending.get(key)
      if (!pending) return this.#make(key, signal, make)
      try {
        return await untilAborted(pending.made, signal)
      } catch (error) {
        // The other operation has ended, or its caller has used up a share. That does not concern this one.
        if (signal.aborted || !(pending.signal.aborted || isOwnLimit(error))) throw error
      }
    }
  }

  async #make(key: string, signal: AbortSignal, make: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
    const made = make()
    this.#pending.set(key, { made, signal })
    try {
      const value = await made
      this.#answers.set(key, { value, until: this.#clock.elapsed() + this.#ttl })
      return value
    } finally {
      this.#pending.delete(key)
    }
  }
}

/** Whether no call was made because of a limit of this program. */
function isOwnLimit(error: unknown): boolean {
  return (
    error instanceof UpstreamError && error.code === 'UPSTREAM_RATE_LIMITED' && error.details.httpStatus === undefined
  )
}
