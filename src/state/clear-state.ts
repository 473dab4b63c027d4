import { link, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectFiles } from './inspection.ts'
import { filesIn, inodeOf } from './state-folder.ts'

export interface ClearedState {
  /** The processes that have the state open. It is left as it is then. */
  readonly processes: readonly number[]
  readonly files: number
  readonly bytes: number
}

/**
 * Removes what is kept in a folder, with the files that were set aside. The lock file stays: a process that opens the state
 * at this moment may have it already.
 */
export async function clearState(folder: string): Promise<ClearedState> {
  const { data, lock } = filesIn(folder)
  if ((await inodeOf(data)) !== null) {
    const { processes } = await inspectFiles(data)
    if (processes.length > 0) return { processes, files: 0, bytes: 0 }
    const aside = `${data}.cleared`
    await rename(data, aside)
    const users = await processesOf(aside, lock)
    if (users.length > 0) {
      await link(aside, data)
      await rm(aside)
      return { processes: users, files: 0, bytes: 0 }
    }
  }
  const names = await namesIn(folder)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  for (const name of names) await rm(join(folder, name), { recursive: true })
  return { processes: [], files: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

/** The processes that have opened a file before it was renamed. They have the lock file, which gets a second name here. */
async function processesOf(renamed: string, lock: string): Promise<readonly number[]> {
  const secondLock = `${renamed}-lock`
  await link(lock, secondLock)
  try {
    return (await inspectFiles(renamed)).processes
  } finally {
    await rm(secondLock)
  }
}

/** The files of the state in a folder, besides the lock file. */
async function namesIn(folder: string): Promise<readonly string[]> {
  if ((await inodeOf(folder)) === null) return []
  return (await readdir(folder)).filter((name) => name.startsWith('state.mdb') && name !== 'state.mdb-lock')
}
