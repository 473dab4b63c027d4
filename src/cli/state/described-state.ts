import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { loadConfig } from '../../config.ts'
import { providers } from '../../providers/list.ts'
import { type Inspection, inspectFiles } from '../../state/inspection.ts'
import { explainError, filesIn, inodeOf } from '../../state/state-folder.ts'
import type { AnyConfig } from '../../vendors.ts'
import { type Arguments, type CommandEnvironment, optionValue } from '../command.ts'
import { withOptions } from '../config-options.ts'
import { UsageError } from '../usage-error.ts'

/** A state in the folder of a configuration, or of `--path`. */
export interface DescribedState extends Inspection {
  /** The folder; null when nothing is kept on disk. */
  readonly path: string | null
  /** Why nothing is kept on disk; null when something is. */
  readonly reason: string | null
  readonly bytes: number
  /** The limit of its size; null when no configuration was read. */
  readonly maxBytes: number | null
}

const nothing: Inspection = { processes: [], kinds: [], failure: null }

/**
 * Describes the state in the folder of `--path`, for which no configuration is read, or else that of the configuration. It
 * reads the files in a process of its own. @throws UsageError, ConfigError
 */
export async function describeState(
  given: Arguments,
  { env, cwd }: Pick<CommandEnvironment, 'env' | 'cwd'>,
): Promise<DescribedState> {
  const folder = optionValue(given, 'path')
  if (folder !== undefined && given.values.has('config'))
    throw new UsageError('--path and --config are given; expected one of them')
  if (folder !== undefined) return describeFolder(resolve(cwd, folder), null)
  const config: AnyConfig = loadConfig(providers, { env: withOptions(env, given), cwd })
  const { path, maxSize: maxBytes } = config.state
  if (path === null) return { ...nothing, path, reason: reasonOf(config), bytes: 0, maxBytes }
  return describeFolder(path, maxBytes)
}

async function describeFolder(path: string, maxBytes: number | null): Promise<DescribedState> {
  const { data } = filesIn(path)
  try {
    if ((await inodeOf(data)) === null) return { ...nothing, path, reason: null, bytes: 0, maxBytes }
    const [inspection, { size: bytes }] = await Promise.all([inspectFiles(data), stat(data)])
    return { ...inspection, path, reason: null, bytes, maxBytes }
  } catch (error) {
    const failure = { reason: explainError(error), isDamage: false }
    return { ...nothing, path, reason: null, bytes: 0, maxBytes, failure }
  }
}

function reasonOf({ mode, redis, source }: AnyConfig): string {
  if (mode === 'sandbox') return 'the sandbox keeps nothing'
  if (redis) return 'Redis is configured, and has it'
  return source.file === null ? 'there is no configuration file' : 'the configuration has "state: off"'
}
