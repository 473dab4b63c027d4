import { createHash } from 'node:crypto'
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import { isObject } from '../is-object.ts'
import { createDocumentCache } from './document-cache.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** Which documents callers may send. */
export interface Documents {
  /** `off`: any text. `allow`: any text, and trusted documents by hash. `require`: trusted documents by hash only. */
  readonly mode: 'off' | 'allow' | 'require'
  /** The trusted documents by hash. */
  readonly list: ReadonlyMap<string, string>
}

/**
 * Accepts documents by hash. Unless trusted documents are required, a client may also send a text with its SHA-256 once,
 * and only the hash from then on (Apollo's automatic persisted queries). Only valid documents are kept, in a bounded
 * cache.
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
          customErrors: {
            keyNotFound: toMissingError,
            notFound: toUnknownHashError,
            persistedQueryOnly: toTrustedOnlyError,
          },
        }),
      )
    },
    onParams({ params: { query, extensions } }) {
      const hash = hashOf(extensions)
      if (!sent || !query || hash === null || list.get(hash) === query) return
      if (typeof query !== 'string' || createHash('sha256').update(query).digest('hex') !== hash) {
        throw new RequestError(
          'BAD_USER_INPUT',
          'extensions.persistedQuery.sha256Hash does not match the query; expected its SHA-256 as hex digits.',
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

function toMissingError(): RequestError {
  return new RequestError(
    'BAD_USER_INPUT',
    'The request has no document; expected "query", or the hash of a document in extensions.persistedQuery.sha256Hash.',
    { status: 400 },
  )
}

/** Clients of automatic persisted queries send the text when they receive exactly this message. */
function toUnknownHashError(): RequestError {
  return new RequestError('PERSISTED_QUERY_NOT_IN_LIST', 'PersistedQueryNotFound')
}

function toTrustedOnlyError(): RequestError {
  return new RequestError(
    'PERSISTED_QUERY_NOT_IN_LIST',
    'The server accepts trusted documents only; send extensions.persistedQuery.sha256Hash and no "query".',
  )
}
