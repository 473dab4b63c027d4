import { createHash } from 'node:crypto'
import { GraphQLError, parse } from 'graphql'
import { parse as parseExactJson } from 'lossless-json'
import { toDocumentKey } from '../document-key.ts'
import { isObject } from '../is-object.ts'
import type { Mistakes } from './mistakes.ts'
import type { ReadFiles } from './read-files.ts'

/** A document of a manifest, before it is checked. */
interface Entry {
  readonly id: unknown
  readonly text: unknown
}

const apolloFormat = 'apollo-persisted-query-manifest'
const formats =
  'expected JSON: an object of documents by id, as the client preset of GraphQL Code Generator and the Relay compiler ' +
  `write it, or an ${apolloFormat} of version 1`
const maxShownLength = 64
/** The setting that names the file. */
const at = ['documents', 'file'] as const

/**
 * Reads the documents of a manifest by id. The ids are those of its tool, not necessarily hashes.
 */
export function readManifest(path: string, files: ReadFiles, mistakes: Mistakes): ReadonlyMap<string, string> {
  const list = new Map<string, string>()
  /** Texts by id without prefix. */
  const texts = new Map<string, string>()
  const text = files.readText(path, (mistake) => mistakes.add(at, mistake))
  if (text === undefined) return list
  const entries = parseManifest(text)
  if (!entries || entries.length === 0) {
    mistakes.add(at, `${path} has no documents; ${formats}`)
    return list
  }
  for (const [index, { id, text }] of entries.entries()) {
    const place = typeof id === 'string' ? `"${id.slice(0, maxShownLength)}"` : `operations[${index}]`
    const mistake = findMistake(id, text, texts)
    if (mistake !== null) mistakes.add(`${path}, ${place}`, mistake)
    else {
      list.set(String(id), String(text))
      texts.set(toDocumentKey(String(id)), String(text))
    }
  }
  return list
}

function parseManifest(text: string): readonly Entry[] | null {
  const entries: Entry[] = []
  const manifest = parseJson(text, (id, document) => {
    entries.push({ id, text: document })
  })
  if (!isObject(manifest)) return null
  if (manifest['format'] === apolloFormat) {
    const { version, operations } = manifest
    if (String(version) !== '1' || !Array.isArray(operations)) return null
    return operations.map((operation: unknown) =>
      isObject(operation) ? { id: operation['id'], text: operation['body'] } : { id: null, text: null },
    )
  }
  return [...Object.entries(manifest).map(([id, document]) => ({ id, text: document })), ...entries]
}

/** JSON.parse keeps the last one of several members with the same name, and says nothing. */
function parseJson(text: string, onDuplicate: (name: string, value: unknown) => void): unknown {
  try {
    return parseExactJson(text.replace(/^\uFEFF/, ''), undefined, {
      onDuplicateKey: ({ key, newValue }) => onDuplicate(key, newValue),
    })
  } catch {
    return undefined
  }
}

function findMistake(id: unknown, text: unknown, known: ReadonlyMap<string, string>): string | null {
  if (typeof id !== 'string' || id === '') return 'has no id; expected a string that is not empty'
  if (typeof text !== 'string') return 'not a string; expected a GraphQL document'
  try {
    parse(text, { noLocation: true })
  } catch (error) {
    return `not GraphQL (${error instanceof GraphQLError ? error.message : 'unreadable'}); expected a GraphQL document`
  }
  const hash = /^sha256:([0-9a-f]{64})$/i.exec(id)?.[1]?.toLowerCase()
  if (hash !== undefined && hash !== createHash('sha256').update(text).digest('hex'))
    return 'the SHA-256 of another document; expected the one of this text'
  const isTaken = (known.get(toDocumentKey(id)) ?? text) !== text
  return isTaken ? 'the id of two documents; expected a different id for each' : null
}
