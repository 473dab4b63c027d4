import { getHeapStatistics } from 'node:v8'
import { LRUCache } from 'lru-cache'
import type { CacheEntry } from './reading.ts'

/** What a row takes, in bytes. An entry takes as much as a row. */
const bytesPerRow = 1_000
/** The six kinds of readings may fill half of the heap. */
const defaultMaxRows = Math.floor(getHeapStatistics().heap_size_limit / 2 / 6 / bytesPerRow)

/** The entries of a cache of readings. The least recently used ones are evicted. */
export class CacheEntries<Value extends object> {
  readonly #entries: LRUCache<string, CacheEntry<Value>>

  /**
   * @param countRows the rows that a value holds. `maxRows` limits their sum, with a row for each kilobyte that was received: a
   * few rows may have long texts. An entry that alone is larger evicts all others and stays, or there would be nothing to serve.
   */
  constructor(countRows: (value: Value) => number, onEvicted: (key: string) => void, maxRows = defaultMaxRows) {
    this.#entries = new LRUCache({
      // `max` would allocate room for that many entries at once.
      maxSize: maxRows,
      sizeCalculation: ({ value, bytes }) =>
        Math.min(maxRows, 1 + Math.max(countRows(value), Math.ceil(bytes / bytesPerRow))),
      dispose: (_entry, key, reason) => {
        if (reason === 'evict') onEvicted(key)
      },
    })
  }

  get(key: string): CacheEntry<Value> | undefined {
    return this.#entries.get(key)
  }

  /** As `get`, without marking the entry as used. */
  peek(key: string): CacheEntry<Value> | undefined {
    return this.#entries.peek(key)
  }

  set(key: string, entry: CacheEntry<Value>): void {
    this.#entries.set(key, entry)
  }

  forget(matches: (key: string) => boolean): void {
    for (const key of [...this.#entries.keys()]) if (matches(key)) this.#entries.delete(key)
  }

  /** Whether there is a newer reading: another replica may return an older one, and so may a Redis that was restored. */
  hasNewer(key: string, { startedAt, change }: Pick<CacheEntry<Value>, 'startedAt' | 'change'>): boolean {
    const local = this.#entries.get(key)
    return local !== undefined && local.change === change && local.startedAt > startedAt
  }
}
