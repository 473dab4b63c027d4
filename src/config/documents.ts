import { resolve } from 'node:path'
import { z } from 'zod'
import { readManifest } from './document-manifest.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import { expected } from './wording.ts'

const modes = ['off', 'allow', 'require'] as const

/** Which documents callers may send. */
export interface DocumentsConfig {
  readonly mode: (typeof modes)[number]
  /** The trusted documents of the manifest by id. Empty when there is none, or the mode is `off`. */
  readonly list: ReadonlyMap<string, string>
  /** The path of the manifest; absent when there is none, or the mode is `off`. */
  readonly file?: string
}

const section = mapping({
  mode: z.enum(modes, expected(modes.join(', '))).optional(),
  file: z.string(expected('the path of a manifest')).min(1, expected('the path of a manifest')).optional(),
}).prefault({})

/** Parses `documents:` and reads the manifest. */
export function parseDocuments(
  value: unknown,
  { base, home, files }: ConfigFolders,
  mistakes: Mistakes,
): DocumentsConfig | undefined {
  const settings = mistakes.read(section, value, ['documents'])
  if (!settings) return undefined
  const { mode = 'off', file } = settings
  if (settings.mode === undefined && file !== undefined) {
    mistakes.add(['documents', 'mode'], 'missing; expected allow or require to use the file, or off to ignore it')
    return undefined
  }
  if (mode === 'off') return { mode, list: new Map() }
  // Without a manifest, the built-in documents are the only trusted ones.
  if (file === undefined && mode === 'require') return { mode, list: new Map() }
  if (file === undefined) {
    // In mode `allow`, any text is accepted, and the built-in documents too: a manifest is all that it adds.
    mistakes.add(['documents', 'file'], 'missing; expected the path of a manifest, or "mode: off"')
    return undefined
  }
  const path = resolve(base, file.replace(/^~(?=\/)/, home))
  return { mode, list: readManifest(path, files, mistakes), file: path }
}
