import type { CommandFailure } from '../command.ts'
import { toGitHub } from './github.ts'
import { toJson } from './json.ts'
import { toJUnit } from './junit.ts'
import { toText } from './text.ts'
import { judge, type Verdict } from './verdict.ts'

/** Writes the result of a check at a wall-clock time. */
type Format = (verdict: Verdict, now: number) => string

const others: Readonly<Record<string, Format>> = { json: toJson, junit: toJUnit, github: toGitHub }

/** The formats of a check by their names. */
export const formats: Readonly<Record<'text', Format>> & Readonly<Record<string, Format>> = { text: toText, ...others }

/** The result of a check that could not begin: UNKNOWN, in the format that was asked for. */
export function toFailedCheck({ line, reasons, format, now }: CommandFailure): string {
  const write = format !== undefined && Object.hasOwn(others, format) ? others[format] : undefined
  // Nagios reads what follows a vertical bar as performance data.
  if (!write) return `CERTGRAPH UNKNOWN - ${line.replaceAll('|', '/')}\n`
  const state = { total: 0, suspects: [], sources: [], incompleteReasons: [], errors: reasons }
  const thresholds = { warning: undefined, critical: undefined }
  return write(judge(state, { now, thresholds, brandOf: (provider) => provider }), now)
}
