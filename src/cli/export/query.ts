import type { Arguments } from '../command.ts'
import { parseDuration } from '../duration.ts'
import { parameterOptions } from './options.ts'

/** The query string of an export that has these options. @throws UsageError */
export function toQuery(given: Arguments): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, { parameter, value, sets }] of Object.entries(parameterOptions)) {
    if (sets !== undefined && given.flags.has(name)) query.append(parameter, sets)
    for (const each of given.values.get(name) ?? [])
      query.append(parameter, value === 'duration' ? toIsoDuration(name, each) : each)
  }
  return query
}

function toIsoDuration(name: string, text: string): string {
  return text.startsWith('P') ? text : `PT${parseDuration(name, text) / 1_000}S`
}
