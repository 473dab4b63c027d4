/** A key of the state: texts and numbers, in the order in which keys are sorted. The first part names what is kept. */
export type StateKey = readonly (string | number)[]

/** Which entries are read. */
export interface StateRange {
  /** The entries after this key, or before it in reverse; absent: from the beginning. */
  readonly after?: StateKey
  readonly reverse?: boolean
  /** Absent: no limit. */
  readonly limit?: number
}

export interface StateReader {
  /** The text under the key; null when there is none. */
  get(key: StateKey): string | null
  /** The entries whose keys begin with these parts, in the order of their keys. */
  range(prefix: StateKey, range?: StateRange): Iterable<readonly [key: StateKey, text: string]>
}

export interface StateWriter extends StateReader {
  put(key: StateKey, text: string): void
  remove(key: StateKey): void
}

/** Why the state is not kept on disk, for /health and the log. */
export interface StateProblem {
  readonly reason: string
}

/** How much is kept. */
export interface StateUsage {
  readonly bytes: number
  /** The limit of the size. */
  readonly maxBytes: number
}

/** The part of the limit above which the oldest of what can be removed is removed. */
const crowdedShare = 0.8

/** The bytes that are missing to have room again. Negative while there is room. */
export const missingRoom = ({ bytes, maxBytes }: StateUsage): number => bytes - crowdedShare * maxBytes

/**
 * What the process keeps when it restarts. Several processes of one machine may have it open. It never fails: without a
 * disk that can be written, it is kept in memory until the process ends.
 */
export interface StateStore extends StateReader {
  /**
   * Runs a function in one transaction: no other process writes meanwhile, and its writes are kept all or none, also when
   * the process is killed. The function must not wait. It may run twice when the disk fails. Resolves when it is kept.
   */
  transaction<Result>(run: (writer: StateWriter) => Result): Promise<Result>
  /** As of the last transaction, with what waits for the disk. */
  readonly usage: StateUsage
  /** Calls a function when there is little room left. Returns a function that ends this. */
  onCrowded(listener: () => void): () => void
  /** Whether the state outlives the process. */
  readonly isKept: boolean
  /**
   * Whether the small kinds outlive the process, such as the calls within rate limits and leases: there is room for them that
   * the others cannot take.
   */
  readonly keepsSmallKinds: boolean
  /** Whether a process before this one may have lost what it wrote last: it ended while the disk could not be written. */
  readonly isIncomplete: boolean
  /** Whether there are files. What is written is in them as soon as the disk can be written. */
  readonly hasDisk: boolean
  /** Whether there are files, and little waits for the disk: entries that can be made again may wait, too. */
  readonly hasRoom: boolean
  /** Calls a function when the disk can be written again. Returns a function that ends this. */
  onKept(listener: () => void): () => void
  /** Why it does not, where it was meant to; null otherwise. */
  readonly problem: StateProblem | null
  /** Whether another process has it open at the moment. */
  hasOtherProcesses(): boolean
  close(): Promise<void>
}
