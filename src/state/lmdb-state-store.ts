import { LmdbFiles, WriteError } from './lmdb-files.ts'
import { PendingChanges } from './pending-changes.ts'
import type { StateKey, StateProblem, StateRange, StateStore, StateUsage, StateWriter } from './state-store.ts'

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
  readonly clock: { now(): number; elapsed(): number; timer(milliseconds: number, end: () => void): () => void }
  /** Finds out whether the disk is full, before a commit. */
  checkDisk(): Promise<StateProblem | null>
  /** Says why a commit has failed. */
  explain(error: unknown): Promise<StateProblem>
  /** Called when the state begins to be kept in memory, and with null when it is on disk again. */
  onProblem(problem: StateProblem | null): void
}

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
  readonly #keptListeners = new Set<() => void>()
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

  get problem(): StateProblem | null {
    return this.#problem
  }

  hasOtherProcesses(): boolean {
    return this.#isOpen && this.#files.hasOtherProcesses()
  }

  get usage(): StateUsage {
    return { bytes: this.#bytes, maxBytes: this.#options.maxBytes }
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
      else for (const job of rest) this.#runInMemory(job)
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
    if (!wasKept && this.#problem === null) for (const listener of this.#keptListeners) listener()
    return run
  }

  async #tryToWrite(jobs: readonly Job[]): Promise<number> {
    const known = await this.#options.checkDisk()
    if (known) return this.#fail(known)
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
      return this.#fail(await this.#options.explain(error instanceof WriteError ? error.cause : error))
    }
    this.#pending.clear()
    this.#bytes = this.#files.bytes
    if (this.#problem) this.#options.onProblem(null)
    this.#problem = null
    return run
  }

  #fail(problem: StateProblem): 0 {
    if (this.#problem?.reason !== problem.reason) this.#options.onProblem(problem)
    this.#problem = problem
    return 0
  }

  async #commit(jobs: readonly Job[]): Promise<number> {
    const { root } = this.#files
    let run = 0
    let failure: unknown = null
    try {
      await root.transaction(() => {
        try {
          run = this.#runInTransaction(jobs)
        } catch (error) {
          failure = error
        }
      })
    } catch (error) {
      throw await causeOf(error)
    }
    if (failure) throw failure
    return run
  }

  #runInTransaction(jobs: readonly Job[]): number {
    const { clock } = this.#options
    const end = clock.elapsed() + maxBatchTime
    const now = clock.now()
    this.#files.run((writer) => {
      for (const { key, text } of this.#pending.changes) text === null ? writer.remove(key) : writer.put(key, text)
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

/** A commit that fails has its reason in a promise. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  try {
    return (await error.commitError) ?? error
  } catch (cause) {
    return cause
  }
}
