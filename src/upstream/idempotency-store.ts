import { LRUCache } from 'lru-cache'
import { untilAborted } from './call/timeout.ts'
import type { Clock } from './clock.ts'

/** How long a request with an idempotency key is remembered, in milliseconds. */
export const idempotencyTtl = 86_400_000

/** What is remembered of a request with an idempotency key. It contains neither its input nor a credential. */
export interface RequestRecord {
  /** The digest of the input. */
  readonly digest: string
  /** Wall-clock time before the change was sent first. */
  readonly sentAt: number
  /** The result as text; null when it is not known whether the change was made. */
  readonly result: string | null
}

/** The right to run a request, until it is released. */
export interface RequestLease {
  /** Replaces what is remembered of the request; null removes it. Returns false when another request has the right now. */
  save(record: RequestRecord | null): Promise<boolean>
  release(): Promise<void>
}

/** The answer to an attempt to run a request, with what is remembered of it. */
export type RequestState =
  | { readonly lease: RequestLease; readonly record: RequestRecord | null }
  | {
      /** Null while the same request runs elsewhere. */
      readonly lease: null
      readonly record: RequestRecord | null
      /** Resolves when it may have ended. Rejects with the signal's reason when it aborts first. */
      ended(signal: AbortSignal): Promise<void>
    }

/** Remembers requests with an idempotency key, so that a repeat has the result of the first one. */
export interface IdempotencyStore {
  /** @param key identifies the request, with its caller and its mutation */
  acquire(key: string): Promise<RequestState>
}

/** Code units of all records together. One has about a thousand. */
const maxSize = 16 * 1024 ** 2
/** Code units of a record besides its result. */
const recordSize = 200

/** The store of one process. When it is full, the request that was repeated or sent longest ago is forgotten. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #clock: Clock
  readonly #records: LRUCache<string, { readonly record: RequestRecord; readonly until: number }>
  readonly #running = new Map<string, Signal>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#records = new LRUCache({
      maxSize,
      sizeCalculation: ({ record }) => recordSize + (record.result?.length ?? 0),
    })
  }

  async acquire(key: string): Promise<RequestState> {
    const record = this.#get(key)
    const running = this.#running.get(key)
    if (running) return { lease: null, record, ended: (signal) => untilAborted(running.promise, signal) }
    const ended = createSignal()
    this.#running.set(key, ended)
    const lease: RequestLease = {
      save: async (saved) => {
        this.#set(key, saved)
        return true
      },
      release: async () => {
        this.#running.delete(key)
        ended.resolve()
      },
    }
    return { lease, record }
  }

  #get(key: string): RequestRecord | null {
    const entry = this.#records.get(key)
    return entry && this.#clock.elapsed() < entry.until ? entry.record : null
  }

  #set(key: string, record: RequestRecord | null): void {
    if (record) this.#records.set(key, { record, until: this.#clock.elapsed() + idempotencyTtl })
    else this.#records.delete(key)
  }
}

interface Signal {
  readonly promise: Promise<void>
  resolve(): void
}

function createSignal(): Signal {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve: () => resolve() }
}
