import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import { createDocumentCache } from './document-cache.ts'
import { createTrustedDocuments, findDocumentId, idParameters, idParametersText, sha256Of } from './document-id.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** Which documents callers may send. */
export interface Documents {
  /** `off`: any text. `allow`: any text, and trusted documents by id. `require`: trusted documents by id only. */
  readonly mode: 'off' | 'allow' | 'require'
  /** The trusted documents by id. */
  readonly list: ReadonlyMap<string, string>
}

/**
 * Accepts documents by id. Unless trusted documents are required, a client may also send a text with its SHA-256 once,
 * and only the hash from then on (Apollo's automatic persisted queries). Only valid documents are kept, in a bounded
 * cache.
 */
export function useDocuments({ mode, list }: Documents): Plugin {
  const findTrusted = createTrustedDocuments(list)
  const sent = mode === 'require' ? null : createDocumentCache<string>()
  return {
    onPluginInit({ addPlugin }) {
      addPlugin(
        usePersistedOperations({
          allowArbitraryOperations: mode !== 'require',
          extractPersistedOperationId: (params) => findDocumentId(params)?.key ?? null,
          getPersistedOperation: (key) => findTrusted(key) ?? sent?.get(key) ?? null,
          customErrors: {
            keyNotFound: toMissingError,
            notFound: toUnknownIdError,
            persistedQueryOnly: toTrustedOnlyError,
          },
        }),
      )
    },
    onRequestParse({ request: { method, url }, requestParser, setRequestParser }) {
      if (method !== 'GET' || !requestParser) return
      setRequestParser(async (request) => ({ ...(await requestParser(request)), ...idsOf(url) }))
    },
    onParams({ params }) {
      const id = findDocumentId(params)
      if (!id || !sent || !params.query) return
      const trusted = findTrusted(id.key)
      if (trusted === params.query) return
      if (trusted !== undefined && !id.isHash) {
        throw new RequestError(
          'BAD_USER_INPUT',
          `The parameter "${id.parameter}" is the id of another document; expected the id without "query".`,
        )
      }
      if (id.isHash && (typeof params.query !== 'string' || sha256Of(params.query) !== id.key)) {
        throw new RequestError(
          'BAD_USER_INPUT',
          `${id.parameter} does not match the query; expected its SHA-256 as hex digits.`,
        )
      }
    },
    onValidate() {
      return ({ valid, context: { params } }) => {
        if (!valid || !sent || !params.query) return
        const id = findDocumentId(params)
        if (id?.isHash && findTrusted(id.key) === undefined) sent.set(id.key, params.query)
      }
    },
  }
}

/** Yoga's parser of GET requests drops unknown parameters. */
function idsOf(url: string): Readonly<Record<string, string>> {
  const { searchParams } = new URL(url)
  return Object.fromEntries(
    idParameters.flatMap((name) => {
      const value = searchParams.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

function toMissingError(): RequestError {
  return new RequestError(
    'BAD_USER_INPUT',
    `The request has no document; expected "query", or the id of a document in ${idParametersText}.`,
    { status: 400 },
  )
}

/** Clients of automatic persisted queries send the text when they receive exactly this message. */
function toUnknownIdError(): RequestError {
  return new RequestError('PERSISTED_QUERY_NOT_IN_LIST', 'PersistedQueryNotFound')
}

function toTrustedOnlyError(): RequestError {
  return new RequestError(
    'PERSISTED_QUERY_NOT_IN_LIST',
    `The server accepts trusted documents only; send the id of one in ${idParametersText}, and no "query".`,
  )
}
