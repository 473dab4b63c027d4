import { statSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspectFiles } from './inspection.ts'
import { type LmdbStateOptions, LmdbStateStore } from './lmdb-state-store.ts'
import { MemoryStateStore } from './memory-state-store.ts'
import {
  explainError,
  filesIn,
  findFullDisk,
  findOtherFile,
  inodeOf,
  isNotedIncomplete,
  noteIncomplete,
  prepareFolder,
  StateError,
  setAside,
} from './state-folder.ts'
import type { StateStore } from './state-store.ts'

/** What of a logger is used. */
interface StateLog {
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

interface OpenStateOptions {
  /** The folder. */
  readonly path: string
  readonly maxBytes: number
  readonly clock: LmdbStateOptions['clock']
  readonly log: StateLog
}

/** Attempts to open files that other processes open or replace at the same time. */
const maxAttempts = 4
const attemptDelay = 250
/** Milliseconds after which it is forgotten that a process before this one has lost something: longer than any rate limit. */
const incompleteTime = 120_000
/** Milliseconds after which the folder and the files count as unusable: a network disk may never answer. */
const maxFolderTime = 10_000
const maxOpeningTime = 60_000

/** Opens the state. Where the folder cannot be used, the state is in memory, and its problem says why. */
export async function openState(options: OpenStateOptions): Promise<StateStore> {
  const { path, maxBytes, log } = options
  try {
    await within(options.clock, maxFolderTime, prepareFolder(path))
    const opening = openFiles(options)
    return await within(options.clock, maxOpeningTime, opening, (late) => void late.close())
  } catch (error) {
    const reason = `${explainError(error)}; a restart is needed when this is corrected`
    log.warn({ path, reason }, `${inMemory}: ${reason}`)
    return new MemoryStateStore({ problem: { reason }, maxBytes })
  }
}

const inMemory = 'the state is kept in memory and is lost when the process ends'

/** @throws StateError when the work takes longer. What it returns later is dropped. */
function within<Result>(
  clock: OpenStateOptions['clock'],
  milliseconds: number,
  work: Promise<Result>,
  drop: (result: Result) => void = () => {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const cancel = clock.timer(milliseconds, () => {
      isLate = true
      reject(new StateError(`its disk does not answer within ${milliseconds / 1000} s`))
    })
    work.then(
      (result) => {
        cancel()
        isLate ? drop(result) : resolve(result)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}

async function openFiles(options: OpenStateOptions): Promise<StateStore> {
  const { path, clock, log } = options
  const { data } = filesIn(path)
  let reason = ''
  let isSetAside = false
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    if (attempt > 1) await sleep(attemptDelay * attempt)
    const inode = await inodeOf(data)
    const { failure, processes } = inode === null ? emptyFolder : await inspectFiles(data)
    if (failure) {
      reason = `its file cannot be read: ${failure.reason}`
      if (!failure.isDamage) break
      // The other processes may be about to find the same.
      if (processes.length > 0 || inode === null) continue
      const aside = await setAside(path, inode, clock.now())
      if (aside === null) continue
      isSetAside = true
      log.warn(
        { path: aside, reason: failure.reason },
        'the state cannot be read: it is set aside, and a new one begins',
      )
      continue
    }
    const isIncomplete = isSetAside || (await isNotedIncomplete(path))
    const store = createStore(options, isIncomplete)
    const opened = await inodeOf(data)
    await chmod(data, 0o600)
    if (opened !== null && (inode === null || inode === opened)) {
      // Finds out whether the disk can be written.
      await store.transaction(() => {})
      return store
    }
    reason = 'its file is replaced all the time'
    await store.close()
  }
  throw new StateError(reason)
}

const emptyFolder = { failure: null, processes: [] }

function createStore({ path, maxBytes, clock, log }: OpenStateOptions, isIncomplete: boolean): StateStore {
  const { data } = filesIn(path)
  const explain = async (error: unknown) =>
    (await findOtherFile(path, inode).catch(() => null)) ??
    (await findFullDisk(path).catch(() => null)) ?? { reason: explainError(error) }
  const store = new LmdbStateStore({
    path: data,
    maxBytes,
    isIncomplete,
    clock,
    async checkDisk() {
      try {
        return (await findOtherFile(path, inode)) ?? (await findFullDisk(path))
      } catch (error) {
        return explain(error)
      }
    },
    explain,
    onProblem(problem) {
      noteIncomplete(path, problem !== null || isIncompleteNoted)
      if (problem)
        log.warn({ path, reason: problem.reason }, `${inMemory}, or until the disk can be written: ${problem.reason}`)
      else log.info({ path }, 'the state is on disk again')
    },
  })
  const inode = statSync(data).ino
  if (isIncomplete) noteIncomplete(path, true)
  let isIncompleteNoted = isIncomplete
  if (isIncomplete)
    clock.timer(incompleteTime, () => {
      isIncompleteNoted = false
      if (store.isKept) noteIncomplete(path, false)
    })
  return store
}
