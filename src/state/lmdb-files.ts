import { type Database, open, type RootDatabase } from 'lmdb'
import { decodeKey, encodeKey, endOf } from './encoded-key.ts'
import { decodeText, encodeValue, stateFormat } from './encoded-value.ts'
import { isSmallKind } from './kept-kinds.ts'
import { StateError } from './state-folder.ts'
import type { StateKey, StateRange, StateReader, StateWriter } from './state-store.ts'

/** The process that inspects the files has the same names. */
const formatKey = Buffer.from('format')
/** The name of the database with the entries, beside the format. */
const entriesName = 'entries'

/** The part of the limit that only the small kinds may use. */
const smallShare = 1 / 16

/** Keys that are read at once. A cursor stays open only that long. */
const batchSize = 100

/** The disk could not be written, as opposed to a mistake of the function that writes. */
export class WriteError extends Error {
  /** Whether `state.maxSize` is reached. */
  get isFull(): boolean {
    return this.cause instanceof StateError
  }
}

/** The files of LMDB. They must have been inspected: LMDB ends the process when they are damaged. */
export class LmdbFiles implements StateReader {
  readonly root: RootDatabase<Buffer, Buffer>
  readonly #entries: Database<Buffer, Buffer>
  readonly #maxBytes: number
  #isCurrent = false

  /** Opens the files, and creates them when there are none. */
  constructor(path: string, maxBytes: number) {
    this.#maxBytes = maxBytes
    const buffers = { encoding: 'binary', keyEncoding: 'binary' } as const
    const options = {
      mapSize: maxBytes,
      maxDbs: 1,
      permissionsMode: 0o600,
      // A commit is on the disk before its transaction resolves.
      overlappingSync: false,
      // A batch has a promise of its own: when a commit fails, its rejection would not be handled.
      eventTurnBatching: false,
    }
    this.root = open<Buffer, Buffer>({ ...buffers, ...options, path })
    this.#entries = this.root.openDB<Buffer, Buffer>({ ...buffers, name: entriesName })
    if (!this.root.get(formatKey)) this.root.putSync(formatKey, Buffer.from(stateFormat))
  }

  /** The bytes of the pages in use. */
  get bytes(): number {
    const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = toPages(this.#entries.getStats())
    return pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages)
  }

  /** Whether another process that runs has the files open. */
  hasOtherProcesses(): boolean {
    this.root.readerCheck()
    // This process is in the list, too, once it has read something.
    this.root.get(formatKey)
    return processesIn(this.root.readerList()).size > 1
  }

  /**
   * Makes reads see what other processes have committed. The package renews its snapshot with a timer, which may fire after
   * the message of another process.
   */
  refresh(): this {
    if (this.#isCurrent) return this
    this.root.resetReadTxn()
    this.#isCurrent = true
    queueMicrotask(() => {
      this.#isCurrent = false
    })
    return this
  }

  get(key: StateKey): string | null {
    const value = this.#entries.get(encodeKey(key))
    return value ? decodeText(value) : null
  }

  *range(prefix: StateKey, { after, reverse = false, limit = Number.POSITIVE_INFINITY }: StateRange = {}) {
    const first = encodeKey(prefix)
    const last = endOf(first)
    let from = after && encodeKey(after)
    for (let left = limit; left > 0; ) {
      const keys = this.#keys({ first, last, from, reverse }, Math.min(left, batchSize))
      for (const bytes of keys) {
        const value = this.#entries.get(bytes)
        if (value) yield [decodeKey(bytes), decodeText(value)] as const
      }
      from = keys.at(-1)
      left -= keys.length
      if (keys.length < Math.min(left + keys.length, batchSize)) return
    }
  }

  #keys(
    { first, last, from, reverse }: { first: Buffer; last: Buffer; from: Buffer | undefined; reverse: boolean },
    limit: number,
  ): readonly Buffer[] {
    if (!reverse) {
      const start = from && Buffer.compare(from, first) >= 0 ? Buffer.concat([from, Buffer.from([0])]) : first
      return Array.from(this.#entries.getKeys({ start, end: last, limit }))
    }
    // The start is part of the range, also in reverse.
    const start = from && Buffer.compare(from, last) < 0 ? from : last
    const keys = Array.from(this.#entries.getKeys({ start, reverse, limit: limit + 1 }))
    return keys.filter((key) => Buffer.compare(key, start) < 0 && Buffer.compare(key, first) >= 0).slice(0, limit)
  }

  /**
   * Runs a function that writes, within a transaction. Keeps its writes all or none.
   * @throws WriteError, or what the function throws
   */
  run(work: (writer: StateWriter) => void, now: number): void {
    let failure: WriteError | null = null
    const write = (operation: () => void) => {
      try {
        operation()
      } catch (error) {
        failure = new WriteError('the disk cannot be written', { cause: error })
        throw failure
      }
    }
    let isWorkDone = false
    let limit: number | null = null
    try {
      void this.root.childTransaction(() => {
        const before = this.bytes
        work({
          get: (key) => this.get(key),
          range: (prefix, range) => this.range(prefix, range),
          put: (key, text) => {
            const bytes = encodeKey(key)
            limit = isSmallKind(key) ? (limit ?? this.#maxBytes) : (1 - smallShare) * this.#maxBytes
            write(() => void this.#entries.put(bytes, encodeValue(bytes, { text, writtenAt: now })))
          },
          remove: (key) => write(() => void this.#entries.remove(encodeKey(key))),
        })
        // The function may have caught it.
        if (failure) throw failure
        // LMDB lets its map grow. What is removed makes room for the next transaction.
        if (limit !== null && this.bytes > Math.max(limit, before))
          throw new WriteError('the state is full', { cause: new StateError('state.maxSize is used up') })
        isWorkDone = true
      })
    } catch (error) {
      throw isWorkDone ? new WriteError('the disk cannot be written', { cause: error }) : error
    }
  }
}

/** The processes in LMDB's list of readers, which has a line for each one: its id, a thread and a transaction. */
function processesIn(readers: string): ReadonlySet<string | undefined> {
  return new Set([...readers.matchAll(/^ *(\d+) /gm)].map(([, pid]) => pid))
}

type Pages = Record<'pageSize' | 'treeBranchPageCount' | 'treeLeafPageCount' | 'overflowPages', number>

/** The package declares the statistics without their members. */
function toPages(stats: object): Pages {
  const pages = { pageSize: 0, treeBranchPageCount: 0, treeLeafPageCount: 0, overflowPages: 0, ...stats }
  return pages
}
