import { resolve } from 'node:path'
import ms from 'ms'
import { z } from 'zod'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import { duration, size } from './quantities.ts'
import { expected } from './wording.ts'

/** What is kept over restarts, and where. */
export interface StateConfig {
  /** The folder; null when nothing is kept on disk: it is in Redis then, or in memory. */
  readonly path: string | null
  /** How long changes are kept, in milliseconds. */
  readonly history: number
  /** The limit of the size in bytes. */
  readonly maxSize: number
}

interface StateSource {
  readonly mode: 'live' | 'sandbox'
  readonly folders: Pick<ConfigFolders, 'base' | 'home'>
  /** The path of the configuration file; null without one. */
  readonly file: string | null
  /** Whether Redis is configured. */
  readonly isShared: boolean
}

const off = 'off'
const defaultPath = './certgraph-state'
const pathExpected = expected('the path of a folder')

const section = mapping({
  path: z
    .string(pathExpected)
    .min(1, pathExpected)
    .regex(/^[^\0]*$/, pathExpected)
    .optional(),
  history: duration({ max: ms('3650d') }).prefault('400d'),
  maxSize: size('65536MiB', '16MiB').prefault('1024MiB'),
}).prefault({})

/**
 * Parses `state:`. By default there is a state on disk when there is a configuration file. The certificates of the sandbox
 * are invented, and replicas share what they keep in Redis.
 */
export function parseState(
  value: unknown,
  { mode, folders, file, isShared }: StateSource,
  mistakes: Mistakes,
): StateConfig | undefined {
  const isOff = value === off
  if (typeof value === 'string' || typeof value === 'boolean') {
    if (!isOff) mistakes.add(['state'], 'not valid; expected off, or a mapping with path, history, maxSize')
    if (!isOff) return undefined
  }
  const settings = mistakes.read(section, isOff ? undefined : value, ['state'])
  if (!settings) return undefined
  const { path = file === null ? null : defaultPath, ...limits } = settings
  const isOnDisk = mode === 'live' && !isOff && !isShared && path !== null
  return { path: isOnDisk ? resolve(folders.base, path.replace(/^~(?=\/|$)/, folders.home)) : null, ...limits }
}
