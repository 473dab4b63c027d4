import { Listeners } from '../listeners.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { HistoryBounds, HistoryStore, StoredChange } from '../upstream/history-store.ts'
import { ChangeIds } from './change-id.ts'
import { ChangeIndex } from './change-index.ts'
import { type KeptChange, parseChange, parseIndexedChange } from './change-text.ts'

/** Changes that are read from the store at once. */
export const batch = 500

/** What this process has seen of the history: the order of the changes, which are in the store. */
export class KnownHistory {
  readonly store: HistoryStore
  readonly index = new ChangeIndex()
  readonly #timeSlice: TimeSlice
  readonly #listeners = new Listeners()
  #bounds: HistoryBounds | null = null
  /** Whether everything within the bounds is in the index. */
  #isComplete = false
  #ids: ChangeIds | null = null
  /** The last sequence in the index. */
  #indexed = 0
  #removals: ReadonlyMap<string, number> = new Map()
  #lastUpdate: Promise<unknown> = Promise.resolve()
  /** One that has not begun: it sees what is recorded until then. */
  #nextUpdate: Promise<boolean> | null = null

  constructor(store: HistoryStore, timeSlice: TimeSlice) {
    this.store = store
    this.#timeSlice = timeSlice
  }

  /** Calls the listener when changes were recorded or removed, as far as this process has seen. */
  readonly subscribe = this.#listeners.subscribe

  /** Null before the history could be read. */
  get bounds(): HistoryBounds | null {
    return this.#bounds
  }

  /** The sequence of the last change. */
  get last(): number {
    return this.#indexed
  }

  /** Reads what was recorded and removed since, here or by another process. False when it cannot be read. */
  update(): Promise<boolean> {
    if (this.#nextUpdate !== null) return this.#nextUpdate
    const next = this.#lastUpdate.then(() => {
      this.#nextUpdate = null
      return this.#readStore()
    })
    this.#nextUpdate = next
    this.#lastUpdate = next.catch(() => {})
    return next
  }

  async #readStore(): Promise<boolean> {
    const bounds = await this.store.bounds()
    if (!bounds) return false
    const known = this.#bounds
    const isSame = known?.id === bounds.id
    if (isSame && this.#isComplete && known.first === bounds.first && known.last === bounds.last) return true
    const removals = isSame && known.first === bounds.first ? this.#removals : await this.store.removals()
    if (!removals) return false
    if (known && (!isSame || bounds.last < this.#indexed)) {
      this.index.clear()
      this.#indexed = 0
    }
    this.index.removeThrough(bounds.first - 1)
    this.#removals = removals
    if (!isSame) this.#ids = new ChangeIds(bounds.id)
    this.#bounds = bounds
    this.#isComplete = false
    while (this.#indexed < bounds.last) {
      const found = await this.store.changes(this.#indexed + 1, batch)
      if (!found) return false
      for (const { sequence, text } of found) {
        const change = parseIndexedChange(text)
        if (change) this.index.add({ at: change.at, sequence }, change.kind, change.historyKey)
      }
      // Those that another process removes meanwhile are not there.
      this.#indexed = found.at(-1)?.sequence ?? bounds.last
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
    }
    this.#isComplete = true
    this.#listeners.notify()
    return true
  }

  /** The time of the last change of a place that was removed; null when none was. */
  removedAt(place: string): number | null {
    return this.#removals.get(place) ?? null
  }

  sequenceOf(id: string): number | null {
    return this.#ids?.parse(id) ?? null
  }

  /** Null when the text is not one of this program. */
  parse({ sequence, text }: StoredChange): KeptChange | null {
    return this.#ids && parseChange(text, sequence, this.#ids.toId(sequence))
  }
}
