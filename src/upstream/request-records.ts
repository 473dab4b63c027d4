import { LRUCache } from 'lru-cache'
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

/** Code units of the records of all callers, and of one caller. A record has about a thousand. */
const maxSize = 16 * 1024 ** 2
const maxSizePerOwner = 1024 ** 2
/** Code units of a record besides its result. */
const recordSize = 200
/** How often expired records are looked for when there is no room, in milliseconds. */
const purgeInterval = 60_000

interface Entry {
  readonly record: RequestRecord
  readonly until: number
}

type OwnRecords = LRUCache<string, Entry>

/**
 * The records of requests in memory. Each caller has a share. When it is full, the request of the same caller that was
 * repeated or sent longest ago is forgotten. No caller can make the program forget the requests of another one.
 */
export class RequestRecords {
  readonly #clock: Clock
  readonly #onForgotten: (key: string) => void
  readonly #owners = new Map<string, OwnRecords>()
  #size = 0
  #purgedAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, onForgotten: (key: string) => void = () => {}) {
    this.#clock = clock
    this.#onForgotten = onForgotten
  }

  get(key: string, owner: string): RequestRecord | null {
    const entry = this.#owners.get(owner)?.get(key)
    return entry && this.#isValid(entry) ? entry.record : null
  }

  /** Replaces a record; null removes it. Returns false, and keeps the old record, when there is no room for the new one. */
  set(key: string, owner: string, record: RequestRecord | null): boolean {
    const own = this.#owners.get(owner) ?? this.#createOwn()
    const old = own.peek(key)
    own.delete(key)
    const isSaved = record === null || this.#hasRoom(own, sizeOf(record))
    if (!isSaved && old) own.set(key, old)
    if (isSaved && record) own.set(key, { record, until: this.#clock.elapsed() + idempotencyTtl })
    if (own.has(key)) this.#owners.set(owner, own)
    else if (own.size === 0) this.#owners.delete(owner)
    if (!own.has(key)) this.#onForgotten(key)
    return isSaved
  }

  #createOwn(): OwnRecords {
    return new LRUCache<string, Entry>({
      maxSize: maxSizePerOwner,
      sizeCalculation: ({ record }) => sizeOf(record),
      onInsert: ({ record }) => {
        this.#size += sizeOf(record)
      },
      dispose: ({ record }, key, reason) => {
        this.#size -= sizeOf(record)
        if (reason === 'evict') this.#onForgotten(key)
      },
    })
  }

  /** Makes room with expired records, then with those of the same caller. */
  #hasRoom(own: OwnRecords, size: number): boolean {
    if (size > maxSizePerOwner) return false
    if (this.#size + size > maxSize) this.#purge()
    while (this.#size + size > maxSize && own.size > 0) own.pop()
    return this.#size + size <= maxSize
  }

  #purge(): void {
    const now = this.#clock.elapsed()
    if (now - this.#purgedAt < purgeInterval) return
    this.#purgedAt = now
    for (const [owner, own] of this.#owners) {
      const expired = [...own.entries()].filter(([, entry]) => !this.#isValid(entry))
      for (const [key] of expired) {
        own.delete(key)
        this.#onForgotten(key)
      }
      if (own.size === 0) this.#owners.delete(owner)
    }
  }

  #isValid({ until }: Entry): boolean {
    return this.#clock.elapsed() < until
  }
}

function sizeOf({ result }: RequestRecord): number {
  return recordSize + (result?.length ?? 0)
}
