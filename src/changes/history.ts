import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import type { HistoryBounds, HistoryCommit, HistoryStore } from '../upstream/history-store.ts'
import type { ChangeFeed } from './change.ts'
import type { ChangeIndex } from './change-index.ts'
import type { KeptChange } from './change-text.ts'
import { FollowedChanges } from './followed-changes.ts'
import { KnownHistory } from './known-history.ts'
import { type HistoryLimits, removeOldChanges } from './old-changes.ts'

interface HistoryOptions {
  readonly clock: Clock
  readonly timeSlice: TimeSlice
  limits(): HistoryLimits
}

/** The recorded changes. Their order is kept in memory, and the changes themselves in the store. */
export class History implements ChangeFeed {
  readonly #known: KnownHistory
  readonly #followed: FollowedChanges
  readonly #options: HistoryOptions
  /** Calls the listener when changes were recorded or removed, as far as this process has seen. */
  readonly subscribe: KnownHistory['subscribe']

  constructor(store: HistoryStore, options: HistoryOptions) {
    this.#known = new KnownHistory(store, options.timeSlice)
    this.#followed = new FollowedChanges(this.#known, options.clock)
    this.#options = options
    this.subscribe = this.#known.subscribe
  }

  get store(): HistoryStore {
    return this.#known.store
  }

  get index(): ChangeIndex {
    return this.#known.index
  }

  async last(): Promise<number> {
    await this.update()
    return this.#known.last
  }

  /** The last change of any process; null when that cannot be found out. */
  async latest(): Promise<string | null> {
    const bounds = await this.store.bounds()
    return bounds && `${bounds.id} ${bounds.first} ${bounds.last}`
  }

  /** The last change that this process has seen. */
  get latestKnown(): string | null {
    const { bounds } = this
    return bounds && `${bounds.id} ${bounds.first} ${bounds.last}`
  }

  /** The changes that are kept, as far as this process has seen; null before the history could be read. */
  get bounds(): HistoryBounds | null {
    return this.#known.bounds
  }

  /** The number of changes that are kept, as far as this process has seen. */
  get count(): number {
    const { bounds } = this.#known
    return bounds ? bounds.last - bounds.first + 1 : 0
  }

  sequenceOf(id: string): number | null {
    return this.#known.sequenceOf(id)
  }

  follow(after: number, signal: AbortSignal): AsyncIterable<readonly KeptChange[]> {
    return this.#followed.follow(after, signal)
  }

  /** Reads what was recorded and removed since, here or by another process. False when it cannot be read. */
  update(): Promise<boolean> {
    return this.#known.update()
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
  removeOld(): Promise<void> {
    const { clock, timeSlice, limits } = this.#options
    return removeOldChanges(this.#known, { limits: limits(), now: clock.now(), timeSlice })
  }

  /** The time of the last change of a place that was removed; null when none was. */
  removedAt(place: string): number | null {
    return this.#known.removedAt(place)
  }

  /** The time of a change in the index, where it is another one than it was recorded with; null otherwise. */
  movedTo(sequence: number): number | null {
    return this.#known.movedTo(sequence)
  }

  /** The sequences of the crossed thresholds of a place that were recorded with a time after this one, and maybe of others. */
  crossingsAfter(place: string, at: number): readonly number[] {
    return this.#known.crossingsAfter(place, at)
  }

  /** The changes with these sequences. Those that were removed meanwhile are left out. Null when they cannot be read. */
  async get(sequences: readonly number[]): Promise<readonly KeptChange[] | null> {
    const texts = await this.store.texts(sequences)
    return (
      texts &&
      sequences.flatMap((sequence, index) => {
        const text = texts[index]
        return text ? (this.#known.parse({ sequence, text }) ?? []) : []
      })
    )
  }
}
