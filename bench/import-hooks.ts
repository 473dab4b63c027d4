import { appendFileSync } from 'node:fs'
import type { ResolveHook } from 'node:module'

interface Recording {
  /** The URL of the folder whose files count as the program. */
  readonly own: string
  readonly file: string
}

let recording: Recording

export function initialize(options: Recording): void {
  recording = options
}

/** Appends every specifier of another package that the program imports to a file, one a line. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context)
  if (context.parentURL?.startsWith(recording.own) && /^[@\w](?!\w*:)/.test(specifier))
    appendFileSync(recording.file, `${specifier}\n`)
  return resolved
}
