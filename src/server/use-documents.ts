import { createHash } from 'node:crypto'
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import { isObject } from '../is-object.ts'
import { createDocumentCache } from './document-cache.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** Which documents callers may send. */
export interface Documents {
  /** `off`: anything. `allow`: anything, and listed documents by their hash alone. `require`: nothing but those. */
  readonly mode: 'off' | 'allow' | 'require'
  /** The listed documents by their hashes. */
  readonly list: ReadonlyMap<string, string>
}

/**
 * Documents by their hashes. Unless only listed ones are served, a client may also send the text beside its SHA-256
 * once, and from then on the hash alone (Apollo's automatic persisted queries). What is no document of this API is not
 * kept, and the texts are forgotten when there are too many.
 */
export function useDocuments({ mode, list }: Documents): Plugin {
  const sent = mode === 'require' ? null : createDocumentCache<string>()
  return {
    onPluginInit({ addPlugin }) {
      addPlugin(
        usePersistedOperations({
          allowArbitraryOperations: mode !== 'require',
          extractPersistedOperationId: ({ extensions }) => hashOf(extensions),
          getPersistedOperation: (hash) => list.get(hash) ?? sent?.get(hash) ?? null,
          customErrors: { keyNotFound: noDocument, notFound: notListed, persistedQueryOnly: hashOnly },
        }),
      )
    },
    onParams({ params: { query, extensions } }) {
      const hash = hashOf(extensions)
      if (!sent || !query || hash === null || list.get(hash) === query) return
      if (typeof query !== 'string' || createHash('sha256').update(query).digest('hex') !== hash) {
        throw new RequestError(
          'BAD_USER_INPUT',
          'extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.',
        )
      }
    },
    onValidate() {
      return ({ valid, context: { params } }) => {
        const hash = hashOf(params.extensions)
        if (valid && sent && params.query && hash !== null && !list.has(hash)) sent.set(hash, params.query)
      }
    },
  }
}

function hashOf(extensions: unknown): string | null {
  if (!isObject(extensions) || !isObject(extensions['persistedQuery'])) return null
  const { sha256Hash } = extensions['persistedQuery']
  return typeof sha256Hash === 'string' && sha256Hash !== '' ? sha256Hash : null
}

function noDocument(): RequestError {
  return new RequestError(
    'BAD_USER_INPUT',
    'Neither a query nor the hash of one was sent; expected "query" or extensions.persistedQuery.sha256Hash.',
    { status: 400 },
  )
}

/** The message is what clients of automatic persisted queries look for before they send the text. */
function notListed(): RequestError {
  return new RequestError('PERSISTED_QUERY_NOT_IN_LIST', 'PersistedQueryNotFound')
}

function hashOnly(): RequestError {
  return new RequestError(
    'PERSISTED_QUERY_NOT_IN_LIST',
    'Only listed documents are served here: send extensions.persistedQuery.sha256Hash, and no query.',
  )
}
