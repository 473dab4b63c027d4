import type { StateUsage } from '../state/state-store.ts'

/** The changes that are kept. */
export interface HistoryBounds {
  /** Identifies the history: another one begins when its store was emptied. */
  readonly id: string
  /** The sequence of the first change that is kept. The last one plus 1 when there is none. */
  readonly first: number
  /** The sequence of the last change; 0 before the first one. */
  readonly last: number
  /** The size of all texts. */
  readonly bytes: number
}

/** What is known of a place whose lists are compared: the head of its baseline. */
export interface StoredHead {
  /** Grows by 1 with each commit. */
  readonly version: number
  readonly text: string
}

/** What a comparison has found, to be kept all or not at all. */
export interface HistoryCommit {
  /** The digest that identifies the place. */
  readonly place: string
  /** The version that this follows. 0: the place has no baseline. Another version makes it a conflict. */
  readonly version: number
  readonly head: string
  /** The list to compare the next one with; null: the one before. */
  readonly list: string | null
  readonly changes: readonly string[]
  /** The names of the notes that are removed. */
  readonly usedNotes: readonly string[]
  /** The time of the last change of the place for which there was no room; absent when there was room for all. */
  readonly leftOutAt?: number
}

/** A change as it is kept. */
export interface StoredChange {
  readonly sequence: number
  readonly text: string
}

/**
 * Where the history is kept: the last list of each place, and the changes found since. All texts are printable ASCII. Nothing
 * fails because of it: a list that cannot be read is null, and is not an empty one.
 */
export interface HistoryStore {
  /** Whether the history outlives the process, at the latest when a full disk has room again. */
  readonly isKept: boolean
  /** Whether other processes may write to it. */
  readonly isShared: boolean
  /** Whether the lists of baselines are kept. Where nothing outlives the process, it has them anyway. */
  readonly keepsLists: boolean
  /** The size of all that is kept in the same store; null where it has no limit of its own. */
  readonly usage: StateUsage | null
  /** Calls a function when the store has little room left. */
  onCrowded(listener: () => void): void
  /** Null when it cannot be read. */
  bounds(): Promise<HistoryBounds | null>
  /** The heads by place. Null when they cannot be read. */
  heads(): Promise<ReadonlyMap<string, StoredHead> | null>
  /** Null when there is none. Undefined when it cannot be read. */
  head(place: string): Promise<StoredHead | null | undefined>
  /** The list of the baseline. As `head`. */
  list(place: string): Promise<string | null | undefined>
  /** The sequences that its changes got, from the first one; null after a conflict, or when nothing can be written. */
  commit(commit: HistoryCommit): Promise<{ readonly first: number } | null>
  /** Changes in their order, beginning with this sequence. Those that were removed are left out. Null when they cannot be read. */
  changes(from: number, limit: number): Promise<readonly StoredChange[] | null>
  /** The texts of changes. Null for one that was removed. Null when they cannot be read. */
  texts(sequences: readonly number[]): Promise<readonly (string | null)[] | null>
  /**
   * Removes the changes up to a sequence.
   * @param removedAt by place, the time of the last change that is removed
   */
  remove(through: number, removedAt: ReadonlyMap<string, number>): Promise<void>
  /** By place, the time of the last change that was removed. Null when that cannot be read. */
  removals(): Promise<ReadonlyMap<string, number> | null>
  /** The notes on a place, by name. */
  notes(place: string): Promise<ReadonlyMap<string, string>>
  /** Adds notes, and removes those whose text is null. */
  setNotes(place: string, notes: ReadonlyMap<string, string | null>): Promise<void>
}
