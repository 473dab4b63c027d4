import { createHash } from 'node:crypto'
import { hashPrefix, toDocumentKey } from '../document-key.ts'
import { isObject } from '../is-object.ts'
import { RequestError } from './request-error.ts'

/** The id of a document, in place of its text. */
export interface DocumentId {
  /** Without the prefix `sha256:`. */
  readonly key: string
  /** Whether the client declares the id to be the SHA-256 of the text. */
  readonly isHash: boolean
  /** The parameter that contains it. */
  readonly parameter: string
}

/** GraphQL over HTTP names an id `documentId`. Relay's documentation uses `doc_id`, and some clients use `id`. */
export const idParameters: readonly string[] = ['documentId', 'id', 'doc_id']
/** Apollo's clients send every id here, hash or not. */
const hashParameter = 'extensions.persistedQuery.sha256Hash'
/** Every parameter of an id, for messages. */
export const idParametersText = `${idParameters.map((name) => `"${name}"`).join(', ')} or ${hashParameter}`

/**
 * Finds the id in the parameters of a request; null without one.
 * @throws RequestError when an id is not a string, or two ids differ
 */
export function findDocumentId(parameters: object): DocumentId | null {
  const ids: DocumentId[] = []
  const add = (name: string, value: unknown) => {
    const id = parseId(name, value)
    if (id) ids.push(id)
  }
  for (const name of idParameters) add(name, Reflect.get(parameters, name))
  add(hashParameter, hashOf(Reflect.get(parameters, 'extensions')))
  const [first] = ids
  const other = ids.find(({ key }) => key !== first?.key)
  if (first && other) {
    throw toInvalidError(
      `The parameters "${first.parameter}" and "${other.parameter}" differ; expected one document id.`,
    )
  }
  return first ?? null
}

/** Finds trusted documents by the ids of their list, and by their SHA-256. */
export function createTrustedDocuments(list: ReadonlyMap<string, string>): (key: string) => string | undefined {
  const byHash = new Map([...list.values()].map((text) => [sha256Of(text), text]))
  const byId = new Map([...list].map(([id, text]) => [toDocumentKey(id), text]))
  return (key) => byId.get(key) ?? byHash.get(key)
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function parseId(parameter: string, value: unknown): DocumentId | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw toInvalidError(`The parameter "${parameter}" is invalid; expected a string.`)
  return { key: toDocumentKey(value), isHash: parameter === hashParameter || value.startsWith(hashPrefix), parameter }
}

function hashOf(extensions: unknown): unknown {
  if (!isObject(extensions) || !isObject(extensions['persistedQuery'])) return undefined
  return extensions['persistedQuery']['sha256Hash']
}

function toInvalidError(message: string): RequestError {
  return new RequestError('BAD_USER_INPUT', message, { status: 400 })
}
