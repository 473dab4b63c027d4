import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import { isObject } from '../is-object.ts'
import { stateFormat } from './encoded-value.ts'
import { historyRoot, type KindSummary, toKinds } from './kept-kinds.ts'

export interface Inspection {
  /** The other processes that have the files open. */
  readonly processes: readonly number[]
  readonly kinds: readonly KindSummary[]
  /** Why the files cannot be used; null when they can. */
  readonly failure: Failure | null
}

interface Failure {
  readonly reason: string
  /** Whether the files are the cause, and not the machine. */
  readonly isDamage: boolean
}

/** Milliseconds that the files may be read. Those that are read for longer can be read. */
const maxReadingTime = 30_000
/** Milliseconds for the rest. LMDB waits for the lock of another process, which may be suspended. */
const defaultMaxWait = 10_000

/** Errors of the system that say that the file is none of LMDB. Others, such as EACCES and EIO, say nothing about it. */
const damageErrors = new Set(['EISDIR'])

/**
 * Reads every entry and compares its checksum. LMDB maps the file into memory and ends the process when it is shorter than
 * it says, or when a page is damaged, so another process does this. It is text because the program is one file. Two commits
 * use the list of free pages.
 */
const script = `
const [, path, modulePath, format, historyRoot] = process.argv
const { crc32 } = require('node:zlib')
const { open } = require(modulePath)
const buffers = { encoding: 'binary', keyEncoding: 'binary' }
const kinds = new Map()
let total = 0
function inspect() {
  const root = open({ ...buffers, path, maxDbs: 1, overlappingSync: false, permissionsMode: 0o600 })
  const pids = [...root.readerList().matchAll(/^ *(\\d+) /gm)].map(([, pid]) => Number(pid))
  process.send({ processes: [...new Set(pids)].filter((pid) => pid !== process.pid) })
  const found = root.get(Buffer.from('format'))?.toString()
  if (found === undefined) throw new Error('it has no state of certgraph')
  if (found !== format) throw new Error('another version of certgraph wrote it (format ' + found + '; expected ' + format + ')')
  const entries = root.openDB({ ...buffers, name: 'entries', create: false })
  if (!entries) throw new Error('no entries')
  for (const { key, value } of entries.getRange({})) {
    total += 1
    if (value.length < 12 || crc32(value.subarray(4), crc32(key)) !== value.readUInt32LE(0))
      throw new Error('a wrong checksum')
    const end = key.indexOf(0, 1)
    const first = key.toString('utf8', 1, end)
    const kind = first === historyRoot ? first + ' ' + key.toString('utf8', end + 2, key.indexOf(0, end + 2)) : first
    const at = value.readDoubleLE(4)
    const sum = kinds.get(kind) ?? { kind, entries: 0, bytes: 0, oldest: at, newest: at }
    sum.entries += 1
    sum.bytes += key.length + value.length
    sum.oldest = Math.min(sum.oldest, at)
    sum.newest = Math.max(sum.newest, at)
    kinds.set(kind, sum)
  }
  if (total !== entries.getStats().entryCount) throw new Error('missing entries')
  root.resetReadTxn()
  process.send({ isRead: true })
  const checked = Buffer.from('checked')
  try {
    root.transactionSync(() => void root.put(checked, Buffer.alloc(20000)))
    root.transactionSync(() => void root.remove(checked))
  } catch (error) {
    // A full disk: a positive code is one of the system.
    if (!(error.code > 0)) throw error
  }
}
let failure = null
try {
  inspect()
} catch (error) {
  failure = { message: error.message, code: error.code }
}
process.send({ failure, kinds: [...kinds.values()] }, () => process.exit())
`

/** Inspects the files in a process of its own. @param maxWait milliseconds to open them and to write */
export function inspectFiles(path: string, maxWait = defaultMaxWait): Promise<Inspection> {
  const modulePath = createRequire(import.meta.url).resolve('lmdb')
  let processes: readonly number[] = []
  let kinds: readonly KindSummary[] = []
  let failure: Failure | null | undefined
  return new Promise((resolve) => {
    // Without the environment of this process, which has secrets and may have options for Node.js.
    const child = fork(path, [modulePath, stateFormat, historyRoot], {
      execArgv: ['--eval', script],
      env: {},
      stdio: 'ignore',
    })
    const end = (otherwise: Failure | null) => {
      clearTimeout(timer)
      resolve({ processes, kinds, failure: failure === undefined ? otherwise : failure })
    }
    // A process that waits for a disk may not end: it is not waited for.
    const abandon = (otherwise: Failure | null) => {
      child.kill('SIGKILL')
      child.unref()
      child.channel?.unref()
      end(otherwise)
    }
    const limit = (milliseconds: number, otherwise: Failure | null) => {
      clearTimeout(timer)
      timer = setTimeout(abandon, milliseconds, otherwise)
    }
    let timer: NodeJS.Timeout | undefined
    limit(maxWait, tooLong('opened', maxWait))
    child.on('message', (message) => {
      if (!isObject(message)) return
      if (isNumbers(message['processes'])) {
        processes = message['processes']
        limit(maxReadingTime, null)
      }
      if (message['isRead'] === true) limit(maxWait, tooLong('written', maxWait))
      if (isSummaries(message['kinds'])) kinds = toKinds(message['kinds'])
      if (isObject(message['failure'])) failure = toFailure(message['failure'])
      else if (message['failure'] === null) failure = null
    })
    child.on('error', (error) => end({ reason: `not inspected: ${error.message}`, isDamage: false }))
    child.on('exit', (code, signal) => end(toCrash(code, signal)))
  })
}

function tooLong(action: string, milliseconds: number): Failure {
  const reason = `it could not be ${action} within ${milliseconds / 1000} s; another process may be suspended`
  return { reason, isDamage: false }
}

/** LMDB ends the process with a signal when it reads another file than one of its own. */
function toCrash(code: number | null, signal: string | null): Failure {
  const end = signal ?? `code ${code}`
  if (signal === 'SIGKILL') return { reason: `the process that read it ended with ${end}`, isDamage: false }
  return { reason: `it is damaged, or is no state of certgraph (reading it ended with ${end})`, isDamage: true }
}

function toFailure({ message, code }: Readonly<Record<string, unknown>>): Failure {
  const name = typeof code === 'number' && code > 0 ? getSystemErrorName(-code) : null
  return {
    reason: name === null ? toDamage(String(message), code) : `${meanings[name] ?? String(message)} (${name})`,
    isDamage: name === null || damageErrors.has(name),
  }
}

/** An error of LMDB has a negative number as its code. */
function toDamage(message: string, code: unknown): string {
  return typeof code === 'number' || message.includes('MDB_') ? `it is damaged (${message})` : message
}

const notAllowed = 'this user may not read and write it; expected the owner that certgraph runs as, and the mode 0600'
const meanings: Readonly<Record<string, string>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: 'the file system is read-only',
  EISDIR: 'there is a folder in its place',
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number')
}

/** The script is part of this file. */
function isSummaries(value: unknown): value is readonly KindSummary[] {
  return Array.isArray(value)
}
