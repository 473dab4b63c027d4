import { untilAborted } from './call/timeout.ts'
import type { Clock } from './clock.ts'
import { type RequestRecord, RequestRecords } from './request-records.ts'

/** `lost`: another request has the right now. `full`: there is no room, and what was remembered before remains. */
type SaveOutcome = 'saved' | 'lost' | 'full'

/** The right to run a request, until it is released. */
export interface RequestLease {
  /** Replaces what is remembered of the request; null removes it. */
  save(record: RequestRecord | null): Promise<SaveOutcome>
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
  /**
   * @param key identifies the request, with its caller and its mutation
   * @param owner identifies the caller, who has a share of the room
   */
  acquire(key: string, owner: string): Promise<RequestState>
}

/** The store of one process. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #records: RequestRecords
  readonly #running = new Map<string, Signal>()

  /** @param onForgotten is called with the key of each request that is no longer remembered */
  constructor(clock: Clock, onForgotten?: (key: string) => void) {
    this.#records = new RequestRecords(clock, onForgotten)
  }

  async acquire(key: string, owner: string): Promise<RequestState> {
    const record = this.#records.get(key, owner)
    const running = this.#running.get(key)
    if (running) return { lease: null, record, ended: (signal) => untilAborted(running.promise, signal) }
    const ended = createSignal()
    this.#running.set(key, ended)
    const lease: RequestLease = {
      save: async (saved) => (this.#records.set(key, owner, saved) ? 'saved' : 'full'),
      release: async () => {
        this.#running.delete(key)
        ended.resolve()
      },
    }
    return { lease, record }
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
