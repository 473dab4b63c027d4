import { ConfigError } from '../config/mistakes.ts'
import { toSourceLines } from '../source-lines.ts'
import type { Arguments } from './command.ts'
import { namingOptions } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/** Describes why a command failed, for standard error. */
export function explain(error: unknown, command = 'serve', given?: Arguments): string {
  if (error instanceof UsageError) return `certgraph: ${error.message}`
  const cannot = command === 'serve' ? 'certgraph cannot start' : `certgraph ${command}`
  if (error instanceof ConfigError)
    return [
      `${cannot}: the configuration has mistakes:`,
      ...error.mistakes.map((each) => `  ${namingOptions(each, given)}`),
    ].join('\n')
  if (error instanceof Error && 'syscall' in error && error.syscall === 'listen')
    return `certgraph cannot listen: ${error.message}; expected HOST and PORT, or host and port of metrics, to be a free address of this machine`
  const failed = command === 'serve' ? 'certgraph could not start' : `certgraph ${command} failed`
  return `${failed}: ${error instanceof Error ? toSourceLines(error.stack ?? error.message) : String(error)}`
}

/** Each reason why a command failed, on one line. */
export function reasonsOf(error: unknown, given?: Arguments): readonly string[] {
  if (error instanceof ConfigError) return error.mistakes.map((each) => namingOptions(each, given))
  return [error instanceof Error ? error.message : String(error)]
}
