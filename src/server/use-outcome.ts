import { getOperationAST, Kind } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Clock } from '../upstream/clock.ts'
import { toUnexpected, withExtensions } from './error.ts'
import type { Plugin } from './request-state.ts'

/**
 * One log line per operation, and the request id in each of its errors, which quote no secret. What is behind a masked error is logged under
 * the same id, unless the client left: then it is the abort, and nobody reads the answer.
 */
export function useOutcome(clock: Clock, log: Logger, redact: (text: string) => string): Plugin {
  return {
    onRequestParse({ serverContext }) {
      serverContext.startedAt = clock.now()
    },
    onParse() {
      return ({ result, context: { params }, extendContext }) => {
        if (result?.kind !== Kind.DOCUMENT) return
        extendContext({ operationName: getOperationAST(result, params.operationName)?.name?.value })
      }
    },
    onResultProcess({ request, result, setResult, serverContext: { requestId, operationName, startedAt } }) {
      if (isAsyncIterable(result) || Array.isArray(result)) return
      const errors = result.errors ?? []
      const clientLeft = request.signal.aborted

      for (const unexpected of errors.map(toUnexpected)) {
        if (unexpected && !clientLeft) log.error({ requestId, err: unexpected }, 'unexpected error')
      }
      const codes = [...new Set(errors.map(({ extensions: { code } }) => code))]
      const durationMs = clock.now() - startedAt
      log.info({ requestId, operationName, durationMs, codes, ...(clientLeft && { clientLeft }) }, 'operation')

      if (errors.length === 0) return
      // GraphQL quotes a value that is in the wrong place, whatever it is.
      const named = errors.map((error) =>
        withExtensions(error, { ...error.extensions, requestId }, redact(error.message)),
      )
      setResult({ ...result, errors: named })
    },
  }
}
