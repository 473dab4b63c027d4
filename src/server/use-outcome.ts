import { type ExecutionResult, type GraphQLError, getOperationAST, Kind } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Clock } from '../upstream/clock.ts'
import { toUnexpected, withExtensions } from './error.ts'
import type { Plugin, RequestState } from './request-state.ts'

const LONGEST_MESSAGE = 500
const LONGEST_NAME = 100

/**
 * One log line per operation, and the request id in each of its errors, which quote no secret and nothing at length.
 * What is behind a masked error is logged under the same id, unless the client left: then it is the abort, and nobody
 * reads the answer.
 */
export function useOutcome(clock: Clock, log: Logger, redact: (text: string) => string): Plugin {
  const told = new WeakSet<ExecutionResult>()

  function tell(result: ExecutionResult, state: RequestState, clientLeft: boolean): ExecutionResult {
    const { requestId, caller, operationName, cost, calls, startedAt } = state
    const errors = result.errors ?? []
    for (const unexpected of errors.map(toUnexpected)) {
      if (unexpected && !clientLeft) log.error({ requestId, err: unexpected }, 'unexpected error')
    }
    // Those of an abort say nothing of what was asked.
    const outcome = clientLeft ? { clientLeft } : { codes: codesOf(errors) }
    const durationMs = clock.now() - startedAt
    const who = { requestId, caller: caller?.name, operationName }
    const spent = { cost, upstreamCalls: calls?.made, durationMs }
    log.info({ ...who, ...spent, ...outcome }, 'operation')

    if (errors.length === 0) return result
    // GraphQL quotes a value that is in the wrong place, whatever it is, and however long.
    const named = errors.map((error) =>
      withExtensions(error, { ...error.extensions, requestId }, shortened(redact(error.message), LONGEST_MESSAGE)),
    )
    return { ...result, errors: named }
  }

  return {
    onRequestParse({ serverContext }) {
      serverContext.startedAt = clock.now()
    },
    onParse() {
      return ({ result, context: { params }, extendContext }) => {
        if (result?.kind !== Kind.DOCUMENT) return
        const operationName = getOperationAST(result, params.operationName)?.name?.value
        extendContext({ operationName: operationName && shortened(operationName, LONGEST_NAME) })
      }
    },
    onExecutionResult({ request, result, setResult, context }) {
      if (!result || isAsyncIterable(result)) return
      const outcome = tell(result, context, request.signal.aborted)
      told.add(outcome)
      setResult(outcome)
    },
    /** What was refused before it was an operation comes here alone. */
    onResultProcess({ request, result, setResult, serverContext }) {
      if (isAsyncIterable(result)) return
      const toOutcome = (each: ExecutionResult) =>
        told.has(each) ? each : tell(each, serverContext, request.signal.aborted)
      setResult(Array.isArray(result) ? result.map(toOutcome) : toOutcome(result))
    },
  }
}

function codesOf(errors: readonly GraphQLError[]): readonly unknown[] {
  return [...new Set(errors.map(({ extensions: { code } }) => code))]
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
