import { stat } from 'node:fs/promises'
import { loadConfig } from '../../config.ts'
import { providers } from '../../providers/list.ts'
import { type Inspection, inspectFiles } from '../../state/inspection.ts'
import { filesIn, inodeOf } from '../../state/state-folder.ts'
import type { AnyConfig } from '../../vendors.ts'
import type { Arguments, CommandEnvironment } from '../command.ts'
import { withOptions } from '../config-options.ts'

/** A state as the configuration sets it. */
export interface DescribedState extends Inspection {
  /** The folder; null when nothing is kept on disk. */
  readonly path: string | null
  /** Why nothing is kept on disk; null when something is. */
  readonly reason: string | null
  readonly bytes: number
  readonly maxBytes: number
}

const nothing: Inspection = { processes: [], kinds: [], failure: null }

/** Describes the state of a configuration. It reads the files in a process of its own. @throws ConfigError */
export async function describeState(
  given: Arguments,
  { env, cwd }: Pick<CommandEnvironment, 'env' | 'cwd'>,
): Promise<DescribedState> {
  const config: AnyConfig = loadConfig(providers, { env: withOptions(env, given), cwd })
  const { path, maxSize: maxBytes } = config.state
  if (path === null) return { ...nothing, path, reason: reasonOf(config), bytes: 0, maxBytes }
  const { data } = filesIn(path)
  if ((await inodeOf(data)) === null) return { ...nothing, path, reason: null, bytes: 0, maxBytes }
  const [inspection, { size: bytes }] = await Promise.all([inspectFiles(data), stat(data)])
  return { ...inspection, path, reason: null, bytes, maxBytes }
}

function reasonOf({ mode, redis, source }: AnyConfig): string {
  if (mode === 'sandbox') return 'the sandbox keeps nothing'
  if (redis) return 'Redis is configured, and has it'
  return source.file === null ? 'there is no configuration file' : 'the configuration has "state: off"'
}
