import { synopsisOf } from './arguments.ts'
import type { Command } from './command.ts'

/** Returns the text of `--help` after a command. */
export function commandHelp(command: Command): string {
  const { summary, options, notes = [], examples } = command
  const rows = Object.entries(options).map(
    ([name, { value, description }]) => [`--${name}${value === undefined ? '' : ` ${value}`}`, description] as const,
  )
  const synopsis = rows.length === 0 ? synopsisOf(command) : `${synopsisOf(command)} [options]`
  const parts = [
    `${synopsis}\n\n${summary}`,
    ...(rows.length > 0 ? [`Options:\n${toColumns(rows)}`] : []),
    ...notes,
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** Returns the text of `--help` after the first word of several commands. */
export function groupHelp(word: string, group: readonly Command[]): string {
  const rows = group.map((command) => [synopsisOf(command), command.summary] as const)
  return `certgraph ${word} <command>

Commands:
${toColumns(rows)}

certgraph ${word} <command> --help describes a command and its options.
`
}

/** Two columns, indented. */
export function toColumns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n')
}
