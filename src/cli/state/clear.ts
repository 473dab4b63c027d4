import { type ClearedState, clearState } from '../../state/clear-state.ts'
import { explainError } from '../../state/state-folder.ts'
import type { RunCommand } from '../command.ts'
import { describeState } from './described-state.ts'
import { processesText } from './info.ts'

/** Removes what is kept over restarts. Returns 1 when it is left as it is. @throws UsageError, ConfigError */
export const clearKept: RunCommand = async (given, environment) => {
  const { stdout, stderr } = environment
  const { path, reason, processes, kinds, bytes, failure } = await describeState(given, environment)
  if (path === null) {
    stdout.write(`nothing is kept on disk: ${reason}\n`)
    return 0
  }
  const refuse = (users: readonly number[]) => {
    stderr.write(
      `certgraph state clear: ${path} is open in ${processesText(users)}; expected that it is stopped first\n`,
    )
    return 1
  }
  if (processes.length > 0) return refuse(processes)
  if (failure && !failure.isDamage) {
    stderr.write(`certgraph state clear: ${path} cannot be cleared: ${failure.reason}\n`)
    return 1
  }
  if (!given.flags.has('yes')) {
    const entries = kinds.reduce((sum, kind) => sum + kind.entries, 0)
    stderr.write(
      `certgraph state clear: --yes is missing; it would remove ${entries} entries (${bytes} bytes) from ${path}, with the history of changes\n`,
    )
    return 1
  }
  let cleared: ClearedState
  try {
    cleared = await clearState(path)
  } catch (error) {
    stderr.write(`certgraph state clear: ${path} cannot be cleared: ${explainError(error)}\n`)
    return 1
  }
  if (cleared.processes.length > 0) return refuse(cleared.processes)
  stdout.write(
    `removed from ${path}: ${cleared.files} ${cleared.files === 1 ? 'file' : 'files'}, ${cleared.bytes} bytes\n`,
  )
  return 0
}
