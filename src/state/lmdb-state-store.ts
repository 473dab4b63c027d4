import { isSmallKind } from './kept-kinds.ts'
import { LmdbFiles, WriteError } from './lmdb-files.ts'
import { PendingChanges } from './pending-changes.ts'
import {
  missingRoom,
  type StateKey,
  type StateProblem,
  type StateRange,
  type StateStore,
  type StateUsage,
  type StateWriter,
} from './state-store.ts'

/** Milliseconds after which the rest of the transactions that wait becomes another commit. */
const maxBatchTime = 8
/** Milliseconds after which a disk that could not be written is tried again. */
const retryAfter = 10_000
/** Milliseconds after which the disk is checked when nothing was written. */
const checkAfter = 60_000
/** The bytes of changes that wait for the disk before those that can be made again do not. They become one commit. */
const maxPendingBytes = 8 * 1024 ** 2

export interface LmdbStateOptions {
  readonly path: string
  readonly maxBytes: number
  /** Whether a process before this one ended while the disk could not be written. */
  readonly isIncomplete?: boolean
  readonly clock: { now(): number; elapsed(): number; timer(milliseconds: number, end: () => void): () => void }
  /** Finds out whether the disk is full, before a commit. */
  checkDisk(): Promise<StateProblem | null>
  /** Says why a commit has failed. */
  explain(error: unknown): Promise<StateProblem>
  /** Called when the state begins to be kept in memory, and with null when it is on disk again. */
  onProblem(problem: StateProblem | null): void
}

/** A transaction that also uses other kinds than the small ones. */
class OtherKindError extends Error {}

interface Job {
  run(writer: StateWriter): void
  settle(): void
}

/**
 * The state in the files of LMDB. While the disk cannot be written, changes are kept in memory beside what is on disk. The
 * disk is tried again by a timer, whether there are other changes or not.
 */
export class LmdbStateStore implements StateStore {
  readonly #files: LmdbFiles
  readonly #options: LmdbStateOptions
  readonly #pending: PendingChanges
  #jobs: Job[] = []
  #work: Promise<void> | null = null
  #problem: StateProblem | null = null
  /** Whether the problem is the limit of the size: the small kinds are written all the same. */
  #isFull = false
  readonly #keptListeners = new Set<() => void>()
  readonly #crowdedListeners = new Set<() => void>()
  #isCheckDue = false
  #cancelCheck = () => {}
  #bytes = 0
  #isOpen = true

  constructor(options: LmdbStateOptions) {
    this.#options = options
    this.#files = new LmdbFiles(options.path, options.maxBytes)
    this.#pending = new PendingChanges({
      get: (key) => (this.#isOpen ? this.#files.refresh().get(key) : null),
      range: (prefix, range) => (this.#isOpen ? this.#files.refresh().range(prefix, range) : []),
    })
    this.#bytes = this.#files.bytes
    this.#planCheck()
  }

  readonly hasDisk = true

  get hasRoom(): boolean {
    return this.#pending.bytes < maxPendingBytes
  }

  get isKept(): boolean {
    return this.#problem === null
  }

  get keepsSmallKinds(): boolean {
    return this.#problem === null || this.#isFull
  }

  get isIncomplete(): boolean {
    return this.#options.isIncomplete ?? false
  }

  get problem(): StateProblem | null {
    return this.#problem
  }

  hasOtherProcesses(): boolean {
    return this.#isOpen && this.#files.hasOtherProcesses()
  }

  get usage(): StateUsage {
    return { bytes: this.#bytes + this.#pending.bytes, maxBytes: this.#options.maxBytes }
  }

  get(key: StateKey): string | null {
    return this.#pending.get(key)
  }

  range(prefix: StateKey, range?: StateRange): Iterable<readonly [StateKey, string]> {
    return this.#pending.range(prefix, range)
  }

  transaction<Result>(run: (writer: StateWriter) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      let settle = () => {}
      this.#jobs.push({
        run(writer) {
          try {
            const result = run(writer)
            settle = () => resolve(result)
          } catch (error) {
            settle = () => reject(error)
            throw error
          }
        },
        settle: () => settle(),
      })
      this.#work ??= this.#runJobs()
    })
  }

  onKept(listener: () => void): () => void {
    this.#keptListeners.add(listener)
    return () => this.#keptListeners.delete(listener)
  }

  onCrowded(listener: () => void): () => void {
    this.#crowdedListeners.add(listener)
    return () => this.#crowdedListeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.#work
    if (!this.#isOpen) return
    if (!this.#pending.isEmpty) await this.#write([])
    this.#isOpen = false
    this.#cancelCheck()
    await this.#files.root.close()
  }

  async #runJobs(): Promise<void> {
    do {
      // The transactions that begin in one turn of the event loop are one commit.
      await Promise.resolve()
      const jobs = this.#jobs
      this.#jobs = []
      const isTried = this.#isOpen && (this.#problem === null || this.#isCheckDue)
      const written = isTried ? await this.#write(jobs) : 0
      for (const job of jobs.slice(0, written)) job.settle()
      const rest = jobs.slice(written)
      if (this.#isOpen && this.#problem === null) this.#jobs = [...rest, ...this.#jobs]
      else for (const job of await this.#writeSmall(rest)) this.#runInMemory(job)
    } while (this.#jobs.length > 0)
    this.#work = null
  }

  #planCheck(): void {
    this.#cancelCheck()
    this.#cancelCheck = this.#options.clock.timer(this.#problem ? retryAfter : checkAfter, () => {
      this.#isCheckDue = true
      this.#work ??= this.#runJobs()
    })
  }

  #runInMemory(job: Job): void {
    try {
      this.#pending.run((writer) => job.run(writer))
    } catch {
      // The job rejects with it.
    }
    job.settle()
  }

  /** Runs jobs in one commit, with what is pending. Returns the number of jobs that are settled now. */
  async #write(jobs: readonly Job[]): Promise<number> {
    this.#isCheckDue = false
    const wasKept = this.#problem === null
    const run = await this.#tryToWrite(jobs)
    this.#planCheck()
    // While the disk is full for another reason, to remove something here is of no use.
    if ((this.isKept || this.#isFull) && missingRoom(this.usage) > 0)
      for (const listener of this.#crowdedListeners) listener()
    if (!wasKept && this.#problem === null) for (const listener of this.#keptListeners) listener()
    return run
  }

  async #tryToWrite(jobs: readonly Job[]): Promise<number> {
    const known = await this.#options.checkDisk()
    if (known) return this.#fail(known, false)
    if (this.#problem === null && jobs.length === 0) return 0
    let run: number
    try {
      run = await this.#commit(jobs).catch((error: unknown) => {
        if (!(error instanceof WriteError && error.isFull)) throw error
        // A process that was killed while it read may hold pages that are free.
        this.#files.root.readerCheck()
        return this.#commit(jobs)
      })
    } catch (error) {
      const isFull = error instanceof WriteError && error.isFull
      return this.#fail(await this.#options.explain(error instanceof WriteError ? error.cause : error), isFull)
    }
    this.#pending.clear()
    this.#bytes = this.#files.bytes
    if (this.#problem) this.#options.onProblem(null)
    this.#problem = null
    return run
  }

  #fail(problem: StateProblem, isFull: boolean): 0 {
    this.#isFull = isFull
    if (this.#problem?.reason !== problem.reason) this.#options.onProblem(problem)
    this.#problem = problem
    return 0
  }

  /** Runs the jobs that use small kinds only, if there is room for them. Returns the others. */
  async #writeSmall(jobs: readonly Job[]): Promise<readonly Job[]> {
    if (!this.#isFull || !this.#isOpen) return jobs
    const run = new Set<Job>()
    try {
      const known = await this.#options.checkDisk()
      if (known) this.#fail(known, false)
      if (!this.#isFull) return jobs
      await this.#transact(() => this.#runSmall(jobs, run))
    } catch {
      // No room is left for them either, or the disk fails.
      this.#isFull = false
      return jobs
    }
    this.#pending.drop(isSmallKind)
    this.#bytes = this.#files.bytes
    for (const job of run) job.settle()
    return jobs.filter((job) => !run.has(job))
  }

  #runSmall(jobs: readonly Job[], run: Set<Job>): void {
    const now = this.#options.clock.now()
    this.#files.run((writer) => {
      for (const { key, text } of this.#pending.changes) if (isSmallKind(key)) write(writer, key, text)
    }, now)
    for (const job of jobs) {
      try {
        this.#files.run((writer) => job.run(onlySmall(writer)), now)
      } catch (error) {
        if (error instanceof WriteError) throw error
        if (error instanceof OtherKindError) continue
      }
      run.add(job)
    }
  }

  #commit(jobs: readonly Job[]): Promise<number> {
    return this.#transact(() => this.#runInTransaction(jobs))
  }

  async #transact<Result>(work: () => Result): Promise<Result> {
    const { root } = this.#files
    let done: { readonly result: Result } | null = null
    let failure: unknown = null
    try {
      await root.transaction(() => {
        try {
          done = { result: work() }
        } catch (error) {
          failure = error
        }
      })
    } catch (error) {
      throw await causeOf(error)
    }
    if (failure || !done) throw failure
    return (done as { readonly result: Result }).result
  }

  #runInTransaction(jobs: readonly Job[]): number {
    const { clock } = this.#options
    const end = clock.elapsed() + maxBatchTime
    const now = clock.now()
    this.#files.run((writer) => {
      for (const { key, text } of this.#pending.changes) write(writer, key, text)
    }, now)
    for (const [index, job] of jobs.entries()) {
      try {
        this.#files.run((writer) => job.run(writer), now)
      } catch (error) {
        // The jobs before this one are committed. This one fails again as the first one of the next commit.
        if (error instanceof WriteError && index > 0) return index
        if (error instanceof WriteError) throw error
      }
      if (clock.elapsed() > end) return index + 1
    }
    return jobs.length
  }
}

function write(writer: StateWriter, key: StateKey, text: string | null): void {
  if (text === null) writer.remove(key)
  else writer.put(key, text)
}

/** A writer of the small kinds: the others wait in memory, where a transaction has to see them. */
function onlySmall(writer: StateWriter): StateWriter {
  const check = (key: StateKey) => {
    if (!isSmallKind(key)) throw new OtherKindError('not a small kind')
  }
  return {
    get(key) {
      check(key)
      return writer.get(key)
    },
    range(prefix, range) {
      check(prefix)
      return writer.range(prefix, range)
    },
    put(key, text) {
      check(key)
      writer.put(key, text)
    },
    remove(key) {
      check(key)
      writer.remove(key)
    },
  }
}

/** A commit that fails has its reason in a promise. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  try {
    return (await error.commitError) ?? error
  } catch (cause) {
    return cause
  }
}
