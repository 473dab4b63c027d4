import { resolve } from 'node:path'
import { GraphQLError, parse } from 'graphql'
import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { readText } from './file.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import type { ConfigFolders } from './part.ts'
import { expected } from './wording.ts'

const modes = ['off', 'allow', 'require'] as const

/** Which documents callers may send. */
export interface DocumentsConfig {
  readonly mode: (typeof modes)[number]
  /** The trusted documents by hash. Empty when the mode is `off`. */
  readonly list: ReadonlyMap<string, string>
}

const section = mapping({
  mode: z.enum(modes, expected(modes.join(', '))).optional(),
  file: z.string(expected('the path of a manifest')).min(1, expected('the path of a manifest')).optional(),
}).prefault({})

const filePath = 'documents.file'
const manifestExpected =
  'expected a JSON object of documents by hash, as the client preset of GraphQL Code Generator writes it'

/** Parses `documents:` and reads the manifest. */
export function parseDocuments(
  value: unknown,
  { base, home }: ConfigFolders,
  mistakes: Mistakes,
): DocumentsConfig | undefined {
  const settings = mistakes.read(section, value, ['documents'])
  if (!settings) return undefined
  const { mode = 'off', file } = settings
  if (settings.mode === undefined && file !== undefined) {
    mistakes.add('documents.mode', 'missing; expected allow or require to use the file, or off to ignore it')
    return undefined
  }
  if (mode === 'off') return { mode, list: new Map() }
  if (file === undefined) {
    mistakes.add(filePath, 'missing; expected the path of a manifest, or "mode: off"')
    return undefined
  }
  return { mode, list: readManifest(resolve(base, file.replace(/^~(?=\/)/, home)), mistakes) }
}

function readManifest(path: string, mistakes: Mistakes): ReadonlyMap<string, string> {
  const list = new Map<string, string>()
  const text = readText(path, (mistake) => mistakes.add(filePath, mistake))
  if (text === undefined) return list
  const manifest = parseJson(text)
  if (!isObject(manifest) || Object.keys(manifest).length === 0) {
    mistakes.add(filePath, `${path} has no documents; ${manifestExpected}`)
    return list
  }
  for (const [hash, document] of Object.entries(manifest)) {
    const mistake = findMistake(hash, document)
    if (mistake !== null) mistakes.add(`${path}, "${hash.slice(0, 64)}"`, mistake)
    else list.set(hash, String(document))
  }
  return list
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function findMistake(hash: string, document: unknown): string | null {
  if (!/^[\w:.-]{8,128}$/.test(hash)) return 'not a hash; expected 8 to 128 letters, digits and : . _ -'
  if (typeof document !== 'string') return 'not a string; expected a GraphQL document'
  try {
    parse(document, { noLocation: true })
    return null
  } catch (error) {
    return `not GraphQL (${error instanceof GraphQLError ? error.message : 'unreadable'}); expected a GraphQL document`
  }
}
