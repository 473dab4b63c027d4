import { missingRoom } from '../state/state-store.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import { Mutex } from '../upstream/concurrency.ts'
import type { HistoryBounds, HistoryCommit, HistoryStore } from '../upstream/history-store.ts'
import type { ChangeFeed } from './change.ts'
import type { ChangeIndex } from './change-index.ts'
import type { KeptChange } from './change-text.ts'
import { parseIndexedChange } from './change-text.ts'
import { FollowedChanges } from './followed-changes.ts'
import { KnownHistory } from './known-history.ts'
import { type HistoryLimits, removeOldChanges } from './old-changes.ts'

/** What a character of a text takes on disk at most, for a text of the usual length: pages are half full. */
const diskFactor = 3

/** The part of the limit of the texts that the changes of one commit get, also in a store that other data has filled. */
const minNewShare = 0.125

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
  readonly #removing = new Mutex()
  #isRemovalPlanned = false
  /** Calls the listener when changes were recorded or removed, as far as this process has seen. */
  readonly subscribe: KnownHistory['subscribe']

  constructor(store: HistoryStore, options: HistoryOptions) {
    this.#known = new KnownHistory(store, options.timeSlice)
    this.#followed = new FollowedChanges(this.#known, options.clock)
    this.#options = options
    this.subscribe = this.#known.subscribe
    store.onCrowded(() => {
      if (this.#isRemovalPlanned) return
      this.#isRemovalPlanned = true
      // What cannot be removed now is removed after the next transaction.
      void this.removeOld().catch(() => {})
    })
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
    const committed = await this.store.commit(await this.#fit(commit))
    if (!committed) return false
    if (commit.changes.length > 0) {
      await this.update()
      await this.removeOld()
    }
    return true
  }

  /** Removes the changes that are too old or too many, the oldest first. */
  removeOld(needed = 0): Promise<void> {
    const { clock, timeSlice, limits } = this.#options
    return this.#removing.run(() => {
      this.#isRemovalPlanned = false
      return removeOldChanges(this.#known, { limits: limits(), now: clock.now(), timeSlice, needed })
    })
  }

  /** Makes room for new changes in a store with a limit. Leaves out the first of more changes than it has room for. */
  async #fit(commit: HistoryCommit): Promise<HistoryCommit> {
    const { usage } = this.store
    if (!usage) return commit
    const size = commit.changes.reduce((sum, text) => sum + text.length, 0)
    const needed = diskFactor * size + (commit.list?.length ?? 0)
    if (missingRoom(usage) + needed <= 0) return commit
    await this.update()
    await this.removeOld(needed)
    const { maxBytes } = this.#options.limits()
    const missing = missingRoom(this.store.usage ?? usage) + needed
    const room = Math.min(maxBytes, Math.max(minNewShare * maxBytes, size - missing / diskFactor))
    return size <= room ? commit : leaveOut(commit, size - room)
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

/** The commit without its first changes, which have more characters than this together. */
function leaveOut(commit: HistoryCommit, characters: number): HistoryCommit {
  let left = characters
  let count = 0
  let leftOutAt = Number.NEGATIVE_INFINITY
  for (const text of commit.changes) {
    if (left <= 0) break
    left -= text.length
    count += 1
    leftOutAt = Math.max(leftOutAt, parseIndexedChange(text)?.at ?? leftOutAt)
  }
  return { ...commit, changes: commit.changes.slice(count), ...(count > 0 && { leftOutAt }) }
}
