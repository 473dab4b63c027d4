import { randomUUID } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, link, lstat, mkdir, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { getSystemErrorName } from 'node:util'
import { isObject } from '../is-object.ts'
import type { StateProblem } from './state-store.ts'

const dataName = 'state.mdb'
const lockName = `${dataName}-lock`
const asideName = `${dataName}.unreadable-`

/** There while changes wait in the memory of a process. The file is empty: on a full disk, it needs no block. */
const incompleteName = `${dataName}.incomplete`

/** As many as LMDB needs for 126 readers. Blocks that were never written could not be mapped on a full disk. */
const lockBytes = 16_384
/** A disk with less room counts as full, before LMDB fails in the middle of a commit. */
const minFreeBytes = 1024 ** 2

/** File systems that do not keep memory maps and locks of several processes consistent, by their type in statfs(2). */
const unsuitable: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB (CIFS)'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
])

/** The state cannot be kept in this folder. The message says why. */
export class StateError extends Error {}

/** The paths of the files in the folder of the state. */
export const filesIn = (folder: string) => ({ data: join(folder, dataName), lock: join(folder, lockName) })

/** Whether changes wait in the memory of a process, or have waited there when it ended. */
export async function isNotedIncomplete(folder: string): Promise<boolean> {
  return (await inodeOf(join(folder, incompleteName)).catch(() => null)) !== null
}

/** Notes whether changes wait in memory, for the next process. A file system that is read-only has no such note. */
export function noteIncomplete(folder: string, isIncomplete: boolean): void {
  const path = join(folder, incompleteName)
  try {
    // A folder that is being removed gets no new file.
    if (isIncomplete && !existsSync(filesIn(folder).data)) return
    if (isIncomplete) writeFileSync(path, '', { mode: 0o600 })
    else rmSync(path, { force: true })
  } catch {
    // Then a process that starts finds the same problem, as long as it lasts.
  }
}

/** Why a file system is refused; null when it is suitable. */
export function refuseFileSystem(type: number): string | null {
  // Some kernels give the type as a signed number.
  const name = unsuitable.get(type >>> 0)
  return name === undefined
    ? null
    : `it is on ${name}, which does not keep memory maps and locks; expected a local disk`
}

/** Creates the folder and the lock file, readable by this user only. @throws StateError, or an error of the system */
export async function prepareFolder(folder: string, typeOf: (path: string) => Promise<number> = typeOfFileSystem) {
  const isNew = await createFolder(folder)
  const names = await readdir(folder)
  // A folder with other files is left as it is, and one that belongs to another user cannot be changed.
  if (isNew || names.every((name) => name.startsWith(dataName) || name === 'lost+found'))
    await chmod(folder, 0o700).catch(() => {})
  const rejection = refuseFileSystem(await typeOf(folder))
  if (rejection !== null) throw new StateError(rejection)
  // Files that exist can be read on a full disk.
  const full = (await inodeOf(filesIn(folder).data)) === null ? await findFullDisk(folder) : null
  if (full) throw new StateError(full.reason)
  await createLock(folder)
}

/**
 * Creates a folder with those above it. Returns whether it is new. The recursive creation of Node.js never ends where a file
 * system answers that a folder which exists does not, as /proc does.
 */
async function createFolder(folder: string, isParentTried = false): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    const found = await stat(folder).catch(() => null)
    if (found?.isDirectory()) return false
    if (codeOf(error) !== 'ENOENT' || isParentTried || dirname(folder) === folder) throw error
    await createFolder(dirname(folder))
    return createFolder(folder, true)
  }
}

async function typeOfFileSystem(path: string): Promise<number> {
  return (await statfs(path)).type
}

/** The lock file gets its content before its name: another process may be about to use it. */
async function createLock(folder: string): Promise<void> {
  const { lock } = filesIn(folder)
  const found = await lstat(lock).catch(() => null)
  if (found && !found.isFile()) await rename(lock, `${lock}.unreadable-${randomUUID()}`)
  if (!found?.isFile()) {
    const draft = `${lock}.${randomUUID()}`
    await writeFile(draft, Buffer.alloc(lockBytes), { mode: 0o600, flag: 'wx' })
    try {
      await link(draft, lock)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    } finally {
      await rm(draft)
    }
  }
  await chmod(lock, 0o600)
}

/**
 * Renames a file that cannot be read, unless another process has replaced it meanwhile. Returns its new path. Such files are
 * never removed: one of another version may be whole, and one that is damaged may be repaired.
 */
export async function setAside(folder: string, inode: number, now: number): Promise<string | null> {
  const { data } = filesIn(folder)
  if ((await inodeOf(data)) !== inode) return null
  const aside = `${join(folder, asideName)}${new Date(now).toISOString().replace(/[-:.]/g, '')}-${inode}`
  await rename(data, aside)
  if ((await inodeOf(aside)) !== inode) {
    await link(aside, data)
    await rm(aside)
    return null
  }
  // A folder in its place stays open to its owner.
  if ((await lstat(aside)).isFile()) await chmod(aside, 0o600).catch(() => {})
  return aside
}

/** Null when there is no such file. */
export async function inodeOf(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).ino
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

export async function findFullDisk(folder: string): Promise<StateProblem | null> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < minFreeBytes ? { reason: 'the disk is full' } : null
}

/** Finds out whether the file that is open has lost its name. What is written to it would be lost with the process. */
export async function findOtherFile(folder: string, inode: number): Promise<StateProblem | null> {
  const found = await inodeOf(filesIn(folder).data)
  if (found === inode) return null
  return {
    reason:
      found === null
        ? `${dataName} was moved or removed; expected that it is moved back, or a restart, which begins an empty state`
        : `${dataName} was replaced by another file; a restart is needed`,
  }
}

/** Says what an error of the system or of LMDB means. */
export function explainError(error: unknown): string {
  if (error instanceof StateError) return error.message
  const code = codeOf(error)
  const text = code === undefined ? undefined : meanings[code]
  if (text !== undefined) return `${text} (${code})`
  return code ?? (error instanceof Error ? error.message : 'an unexpected error')
}

const notAllowed = 'this user may not read and write the folder'

const meanings: Readonly<Record<string, string>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  ENOENT: 'the folder was removed, leads to one that does not exist, or cannot be created',
  ENAMETOOLONG: 'its path is too long',
  ELOOP: 'its path has a loop of symbolic links',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk fails',
  EEXIST: 'there is a file in place of the folder',
  ENOTDIR: 'there is a file in place of a folder',
}

function codeOf(error: unknown): string | undefined {
  const code = isObject(error) || error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (typeof code === 'number' && code > 0) return getSystemErrorName(-code)
  return typeof code === 'string' ? code : undefined
}
