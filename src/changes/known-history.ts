import { Listeners } from '../listeners.ts'
import type { TimeSlice } from '../time-slice.ts'
import { maxSkew } from '../upstream/clock.ts'
import type { HistoryBounds, HistoryStore, StoredChange } from '../upstream/history-store.ts'
import type { ChangeKind } from './change.ts'
import { ChangeIds } from './change-id.ts'
import { ChangeIndex } from './change-index.ts'
import { type IndexedChange, type KeptChange, parseChange, parseIndexedChange } from './change-text.ts'

/** Changes that are read from the store at once. */
export const batch = 500

const crossingKinds: readonly ChangeKind[] = ['EXPIRING', 'EXPIRED']

/**
 * What this process has seen of the history: the order of the changes, which are in the store. A change that was found in a
 * list has the time at which it was recorded. If one before it has a later time, that one was recorded while a wall clock
 * was ahead, and gets the same time: the newest changes come first all the same.
 */
export class KnownHistory {
  readonly store: HistoryStore
  readonly index = new ChangeIndex()
  readonly #timeSlice: TimeSlice
  readonly #listeners = new Listeners()
  #bounds: HistoryBounds | null = null
  /** Whether everything within the bounds is in the index. */
  #isComplete = false
  #ids: ChangeIds | null = null
  /** The changes that have another time in the index, by sequence. */
  readonly #moved = new Map<number, { readonly recordedAt: number; readonly at: number }>()
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
    // A store with a limit may have no room for the first changes of a commit: these are removed at once.
    const mayBeSame = isSame && known.first === bounds.first && !this.store.usage
    const removals = mayBeSame ? this.#removals : await this.store.removals()
    if (!removals) return false
    if (known && (!isSame || bounds.last < this.#indexed)) {
      this.index.clear()
      this.#moved.clear()
      this.#indexed = 0
    }
    this.index.removeThrough(bounds.first - 1)
    for (const sequence of this.#moved.keys()) if (sequence < bounds.first) this.#moved.delete(sequence)
    this.#removals = removals
    if (!isSame) this.#ids = new ChangeIds(bounds.id)
    this.#bounds = bounds
    this.#isComplete = false
    while (this.#indexed < bounds.last) {
      const found = await this.store.changes(this.#indexed + 1, batch)
      if (!found) return false
      for (const { sequence, text } of found) {
        const change = parseIndexedChange(text)
        if (change) this.#add(change, sequence)
      }
      // Those that another process removes meanwhile are not there.
      this.#indexed = found.at(-1)?.sequence ?? bounds.last
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
    }
    this.#isComplete = true
    this.#listeners.notify()
    return true
  }

  #add({ at, kind, historyKey }: IndexedChange, sequence: number): void {
    // A crossed threshold may be recorded long after its moment.
    if (!crossingKinds.includes(kind)) {
      for (const [moved, recordedAt] of this.index.moveLater(at + maxSkew, at)) {
        this.#moved.set(moved, { recordedAt: this.#moved.get(moved)?.recordedAt ?? recordedAt, at })
      }
    }
    this.index.add({ at, sequence }, kind, historyKey)
  }

  /** The time of a change in the index, where it is another one than it was recorded with; null otherwise. */
  movedTo(sequence: number): number | null {
    return this.#moved.get(sequence)?.at ?? null
  }

  /** The sequences of the crossed thresholds of a place that were recorded with a time after this one, and maybe of others. */
  crossingsAfter(place: string, at: number): readonly number[] {
    const selection = { places: new Set([place]), kinds: crossingKinds }
    const later = this.index.sequences({ ...selection, since: at + 1 })
    const moved = [...this.#moved].filter(([, { recordedAt }]) => recordedAt > at).map(([sequence]) => sequence)
    return [...new Set([...later, ...moved])]
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
