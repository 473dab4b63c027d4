import { LRUCache } from 'lru-cache'
import { Listeners } from '../listeners.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import type { HistoryBounds, HistoryCommit, HistoryStore, StoredChange } from '../upstream/history-store.ts'
import type { ChangeFeed } from './change.ts'
import { ChangeIds } from './change-id.ts'
import { ChangeIndex } from './change-index.ts'
import { type KeptChange, parseChange, parseIndexedChange } from './change-text.ts'

/** What is kept of the history. */
export interface HistoryLimits {
  /** Milliseconds. */
  readonly maxAge: number
  readonly maxChanges: number
  /** The size of the texts. */
  readonly maxBytes: number
}

/** Changes that are read from the store at once. */
const batch = 500
/** Batches that are kept for other followers. */
const maxRead = 8
/** Milliseconds until a follower looks for the changes of other processes. */
const pollInterval = 1_000
/** When there are too many changes, a few more are removed, so that it is not done for each one. */
const spare = 0.99

/** Changes in their order, and the sequence of the last one. */
interface ReadChanges {
  readonly last: number
  readonly changes: readonly KeptChange[]
}

/** The recorded changes. Their order is kept in memory, and the changes themselves in the store. */
export class History implements ChangeFeed {
  readonly store: HistoryStore
  readonly index = new ChangeIndex()
  readonly #clock: Clock
  readonly #timeSlice: TimeSlice
  readonly #limits: () => HistoryLimits
  readonly #listeners = new Listeners()
  #bounds: HistoryBounds | null = null
  #ids: ChangeIds | null = null
  /** The last sequence in the index. */
  #indexed = 0
  /** What followers have read last, by the sequence that it begins with. */
  readonly #read = new LRUCache<number, { readonly bounds: HistoryBounds; readonly read: Promise<ReadChanges | null> }>(
    {
      max: maxRead,
    },
  )
  #removals: ReadonlyMap<string, number> = new Map()
  #lastUpdate: Promise<void> = Promise.resolve()
  /** One that has not begun: it sees what is recorded until then. */
  #nextUpdate: Promise<void> | null = null

  constructor(
    store: HistoryStore,
    options: { readonly clock: Clock; readonly timeSlice: TimeSlice; limits(): HistoryLimits },
  ) {
    this.store = store
    this.#clock = options.clock
    this.#timeSlice = options.timeSlice
    this.#limits = options.limits
  }

  /** Calls the listener when changes were recorded or removed, as far as this process has seen. */
  readonly subscribe = this.#listeners.subscribe

  async last(): Promise<number> {
    await this.update()
    return this.#indexed
  }

  /** The last change of any process; null when that cannot be found out. */
  async latest(): Promise<string | null> {
    const bounds = await this.store.bounds()
    return bounds && `${bounds.id} ${bounds.first} ${bounds.last}`
  }

  /** The last change that this process has seen. */
  get latestKnown(): string | null {
    return this.#bounds && `${this.#bounds.id} ${this.#bounds.first} ${this.#bounds.last}`
  }

  /** The sequence of the first change that is kept, as far as this process has seen; null before the history could be read. */
  get first(): number | null {
    return this.#bounds?.first ?? null
  }

  sequenceOf(id: string): number | null {
    return this.#ids?.parse(id) ?? null
  }

  async *follow(after: number, signal: AbortSignal): AsyncIterable<readonly KeptChange[]> {
    let [sequence, history] = [after, await this.#historyId()]
    while (!signal.aborted) {
      const woken = this.#waitForChange(signal)
      try {
        await this.update()
        // In a new history, the sequences begin again.
        if (history !== null && this.#bounds !== null && this.#bounds.id !== history) sequence = 0
        history = this.#bounds?.id ?? history
        for (;;) {
          const found = await this.#readFrom(sequence + 1)
          if (!found || signal.aborted) break
          sequence = found.last
          yield found.changes
        }
        await woken.promise
      } finally {
        woken.end()
      }
    }
  }

  /** Changes beginning with this sequence; null when there are none. Followers that have come equally far share them. */
  async #readFrom(from: number): Promise<ReadChanges | null> {
    const bounds = this.#bounds
    if (!bounds || from > bounds.last) return null
    const known = this.#read.get(from)
    if (known?.bounds === bounds) return known.read
    const read = this.store.changes(from, batch).then((found) => {
      const last = found.at(-1)?.sequence
      // Changes that cannot be read now may be read later.
      if (last === undefined) this.#read.delete(from)
      return last === undefined ? null : { last, changes: found.flatMap((change) => this.#parse(change) ?? []) }
    })
    this.#read.set(from, { bounds, read })
    return read
  }

  async #historyId(): Promise<string | null> {
    await this.update()
    return this.#bounds?.id ?? null
  }

  /** Waits for a change that this process records, or the time to look for those of others. */
  #waitForChange(signal: AbortSignal): { readonly promise: Promise<void>; end(): void } {
    let end = () => {}
    const promise = new Promise<void>((resolve) => {
      const unsubscribe = this.#listeners.subscribe(resolve)
      const cancel = this.store.isShared ? this.#clock.timer(pollInterval, resolve) : () => {}
      const abort = () => resolve()
      signal.addEventListener('abort', abort)
      end = () => {
        unsubscribe()
        cancel()
        signal.removeEventListener('abort', abort)
      }
    })
    return { promise, end }
  }

  /** Reads what was recorded and removed since, here or by another process. */
  update(): Promise<void> {
    if (this.#nextUpdate !== null) return this.#nextUpdate
    const next = this.#lastUpdate.then(() => {
      this.#nextUpdate = null
      return this.#readStore()
    })
    this.#nextUpdate = next
    this.#lastUpdate = next.catch(() => {})
    return next
  }

  async #readStore(): Promise<void> {
    const bounds = await this.store.bounds()
    if (!bounds) return
    const known = this.#bounds
    if (known?.id === bounds.id && known.first === bounds.first && known.last === bounds.last) return
    if (known && (known.id !== bounds.id || bounds.last < this.#indexed)) {
      this.index.clear()
      this.#indexed = 0
    }
    if (known?.first !== bounds.first) {
      this.index.removeThrough(bounds.first - 1)
      this.#removals = await this.store.removals()
    }
    if (known?.id !== bounds.id) this.#ids = new ChangeIds(bounds.id)
    this.#bounds = bounds
    while (this.#indexed < bounds.last) {
      const found = await this.store.changes(this.#indexed + 1, batch)
      for (const { sequence, text } of found) {
        const change = parseIndexedChange(text)
        if (change) this.index.add({ at: change.at, sequence }, change.kind, change.historyKey)
      }
      // Those that another process removes meanwhile are not there.
      this.#indexed = found.at(-1)?.sequence ?? bounds.last
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
    }
    this.#listeners.notify()
  }

  /** Keeps what a comparison has found. False when another process was first. */
  async commit(commit: HistoryCommit): Promise<boolean> {
    const committed = await this.store.commit(commit)
    if (!committed) return false
    if (commit.changes.length > 0) {
      await this.update()
      await this.removeOld()
    }
    return true
  }

  /** Removes the changes that are too old or too many, the oldest first. */
  async removeOld(): Promise<void> {
    const bounds = this.#bounds
    if (!bounds) return
    const { maxAge, maxChanges, maxBytes } = this.#limits()
    const oldest = this.#clock.now() - maxAge
    const isFull = this.index.length > maxChanges || bounds.bytes > maxBytes
    if (!isFull && (this.index.oldestAt ?? oldest) >= oldest) return
    let count = isFull && this.index.length > maxChanges ? this.index.length - Math.floor(spare * maxChanges) : 0
    let bytes = bounds.bytes > maxBytes ? bounds.bytes - spare * maxBytes : 0
    const removedAt = new Map<string, number>()
    let through = bounds.first - 1
    search: for (;;) {
      const found = await this.store.changes(through + 1, batch)
      for (const { sequence, text } of found) {
        const change = parseIndexedChange(text)
        if (change && change.at >= oldest && count <= 0 && bytes <= 0) break search
        through = sequence
        count -= 1
        bytes -= text.length
        if (change) removedAt.set(change.historyKey, Math.max(change.at, removedAt.get(change.historyKey) ?? change.at))
      }
      if (found.length === 0) break
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
    }
    if (through < bounds.first) return
    await this.store.remove(through, removedAt)
    await this.update()
  }

  /** The time of the last change of a place that was removed; null when none was. */
  removedAt(place: string): number | null {
    return this.#removals.get(place) ?? null
  }

  /** The changes with these sequences. Those that were removed meanwhile are left out. */
  async get(sequences: readonly number[]): Promise<readonly KeptChange[]> {
    const texts = await this.store.texts(sequences)
    return sequences.flatMap((sequence, index) => {
      const text = texts[index]
      return text ? (this.#parse({ sequence, text }) ?? []) : []
    })
  }

  #parse({ sequence, text }: StoredChange): KeptChange | null {
    return this.#ids && parseChange(text, sequence, this.#ids.toId(sequence))
  }
}
