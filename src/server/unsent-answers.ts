import type { Limits } from '../limits.ts'
import { RequestError } from './request-error.ts'
import type { RequestState } from './request-state.ts'

interface Waiting {
  /** Those that were probably not read, and whose operations count until then. */
  answers: number
  bytes: number
  /** All answers, with those that were stored. */
  all: number
}

/** One answer that is being sent. */
export interface UnsentAnswer {
  /** It was stored, and takes no slot. */
  readonly isStored: boolean
  /** To be called when the client probably has the answer, and before `end`. Its bytes still count. */
  presumeRead(): void
  /** To be called when the whole answer is sent, or never will be. Until then all of it is in memory. */
  end(): void
}

const retryAfterSeconds = 1

/** The part of the limit that answers may take in addition while they wait for a decision. */
const maxInDoubt = 0.25

/** Counts the answers that wait in this process until their callers read them, by caller. */
export class UnsentAnswers {
  readonly #limits: Pick<Limits, 'unsent' | 'operations'>
  readonly #byCaller = new Map<string, Waiting>()
  /** Of the answers to all callers. */
  #bytes = 0
  /** Bytes of answers that do not fit yet, by caller. */
  readonly #inDoubt = new Map<string, number>()

  constructor(limits: Pick<Limits, 'unsent' | 'operations'>) {
    this.#limits = limits
  }

  /**
   * Whether answers take so little memory that a client may be presumed to have read its last one. The answers to the next
   * operations still fit besides them.
   */
  get areFew(): boolean {
    return this.#bytes < this.#limits.unsent / 2
  }

  /** Whether the caller may start another operation before it reads answers. */
  admits(caller: string): boolean {
    const waiting = this.#byCaller.get(caller)
    const { operations, unsent } = this.#limits
    return !waiting || (waiting.bytes < unsent && waiting.answers < operations.perCaller)
  }

  /** @throws RequestError when the caller has to read answers before it may start another operation */
  admit(caller: string): void {
    if (this.admits(caller)) return
    const { answers, bytes } = this.#byCaller.get(caller) ?? { answers: 0, bytes: 0 }
    const { perCaller } = this.#limits.operations
    if (bytes >= this.#limits.unsent) throw this.toError()
    const message = `${answers} answers to you are waiting to be read; the limit is ${perCaller}. Read them, then retry.`
    throw new RequestError('OVERLOADED', message, { status: 429, measured: { limit: perCaller }, retryAfterSeconds })
  }

  /** Whether a quarter of the caller's room is taken: the tables are read before the rest is, which takes about 50 ms. */
  isFilling(caller: string): boolean {
    return (this.#byCaller.get(caller)?.bytes ?? 0) > (1 / 4) * this.#limits.unsent
  }

  /** Whether the caller has room for an answer that was stored. It takes no slot: there is no operation, and its bytes are shared. */
  hasRoom(caller: string): boolean {
    return (this.#byCaller.get(caller)?.bytes ?? 0) < this.#limits.unsent
  }

  /**
   * Counts an answer, or returns undefined when it exceeds the limit besides the caller's others. A single answer may
   * have any size.
   */
  reserve(caller: string, bytes: number, isStored = false): UnsentAnswer | undefined {
    const waiting = this.#byCaller.get(caller)
    if (waiting !== undefined && waiting.bytes + bytes > this.#limits.unsent) return undefined
    return this.add(caller, bytes, isStored)
  }

  /**
   * Counts an answer. When it does not fit, `retry` tries again as answers are read. Meanwhile the answer is in memory, so that
   * few of them may wait for that.
   */
  async reserveRetrying(
    caller: string,
    bytes: number,
    retry: (tryAgain: () => boolean) => Promise<boolean>,
    isStored = false,
  ): Promise<UnsentAnswer | undefined> {
    let reserved = this.reserve(caller, bytes, isStored)
    const inDoubt = (this.#inDoubt.get(caller) ?? 0) + bytes
    if (reserved || inDoubt > this.#limits.unsent * maxInDoubt) return reserved
    this.#inDoubt.set(caller, inDoubt)
    try {
      await retry(() => {
        reserved = this.reserve(caller, bytes, isStored)
        return reserved !== undefined
      })
      return reserved
    } finally {
      const left = (this.#inDoubt.get(caller) ?? bytes) - bytes
      if (left > 0) this.#inDoubt.set(caller, left)
      else this.#inDoubt.delete(caller)
    }
  }

  /** Counts an answer that is sent in any case. */
  add(caller: string, bytes: number, isStored = false): UnsentAnswer {
    const waiting = this.#byCaller.get(caller) ?? { answers: 0, bytes: 0, all: 0 }
    this.#byCaller.set(caller, waiting)
    let isCounted = !isStored
    if (isCounted) waiting.answers += 1
    waiting.bytes += bytes
    waiting.all += 1
    this.#bytes += bytes
    const presumeRead = () => {
      if (isCounted) waiting.answers -= 1
      isCounted = false
    }
    return {
      isStored,
      presumeRead,
      end: () => {
        presumeRead()
        waiting.bytes -= bytes
        waiting.all -= 1
        this.#bytes -= bytes
        if (waiting.all === 0) this.#byCaller.delete(caller)
      },
    }
  }

  toError(): RequestError {
    const limit = this.#limits.unsent
    const message = `The answers to you that are waiting to be read exceed ${limit} bytes, the limit. Read them, then retry.`
    return new RequestError('OVERLOADED', message, { status: 429, measured: { limit }, retryAfterSeconds })
  }
}

/** Identifies the caller of a request, or the address of an unidentified one. */
export function toCallerKey({ caller, address }: Pick<RequestState, 'caller' | 'address'>): string {
  return caller?.isIdentified ? `caller ${caller.name}` : `address ${address}`
}
