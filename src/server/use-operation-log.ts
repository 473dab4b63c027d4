import { type ExecutionResult, type GraphQLError, getOperationAST, Kind } from 'graphql'
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Clock } from '../upstream/clock.ts'
import { toUnexpected, withExtensions } from './error.ts'
import { logOperation } from './operation-line.ts'
import { type OperationSpan, startOperationSpan } from './operation-span.ts'
import { type RedactText, shortened, toRequestMessage } from './request-message.ts'
import type { Plugin, RequestState } from './request-state.ts'
import type { CountOperation } from './use-metrics.ts'

const maxMessageLength = 500
export const maxNameLength = 100

/**
 * Logs one line per operation; `useSubscriptions` logs streams. Adds the request id to each error, and redacts and shortens its message. Logs the error
 * behind a masked one with the same id, unless the client disconnected: then the error is the abort.
 */
export function useOperationLog(
  clock: Clock,
  log: Logger,
  redact: RedactText,
  countOperation?: CountOperation,
): Plugin {
  const logged = new WeakSet<ExecutionResult>()

  /** Starts the span of an operation: when it is executed, or when it is logged without having been executed. */
  function startSpan({ headers }: Pick<Request, 'headers'>, state: RequestState): OperationSpan | undefined {
    return startOperationSpan(
      (name) => headers.get(name),
      () => {
        const { requestId, operationType: type, operationName, startedAt, waited = 0 } = state
        const name = operationName && redact(operationName, maxNameLength)
        return { requestId, type, name, age: clock.elapsed() - startedAt + waited }
      },
    )
  }

  function logResult(result: ExecutionResult, state: RequestState, request: Request): ExecutionResult {
    const clientLeft = request.signal.aborted
    const { requestId, caller, operationName, cost, calls, startedAt, waited = 0, pending } = state
    const errors = result.errors ?? []
    // A field is null where its own call failed: no list that was read is incomplete because of it.
    if (errors.some(isOfUnreadField)) state.outcome?.lack()
    const read = clientLeft ? undefined : state.outcome?.summary
    if (!clientLeft) logUnexpected(result, state)
    // The codes of an aborted operation are those of the abort.
    const codes = clientLeft ? undefined : codesOf(errors)
    const milliseconds = clock.elapsed() - startedAt + waited
    // A preflight that is rejected is no operation: it has no time of arrival.
    if (Number.isFinite(milliseconds)) {
      countOperation?.({ name: operationName, outcome: clientLeft ? 'client_left' : outcomeOf(result), milliseconds })
      const span = state.span ?? startSpan(request, state)
      logOperation(log, {
        requestId,
        caller: caller?.name,
        operationName,
        traceId: span?.traceId,
        cost,
        upstreamCalls: calls?.made,
        durationMs: Math.round(milliseconds),
        codes,
        clientLeft: clientLeft || undefined,
        read,
      })
      span?.end({ codes, clientLeft: clientLeft || undefined, complete: read?.complete })
    }
    if (pending) pending.operation = { operationName, cost, read }

    return toClientResult(result, state)
  }

  function logUnexpected({ errors = [] }: ExecutionResult, { requestId }: RequestState): void {
    for (const unexpected of errors.map(toUnexpected)) {
      if (unexpected) log.error({ requestId, err: unexpected }, 'unexpected error')
    }
  }

  function toClientResult(result: ExecutionResult, { requestId }: RequestState): ExecutionResult {
    const { errors = [] } = result
    if (errors.length === 0) return result
    const withId = errors.map((error) =>
      withExtensions(error, { ...error.extensions, requestId }, shortened(toMessage(error), maxMessageLength)),
    )
    return { ...result, errors: withId }
  }

  function toMessage({ message, path, originalError }: GraphQLError): string {
    if (path !== undefined) return redact(message, maxMessageLength)
    // GraphQL quotes an invalid value in full, whatever its length and content.
    return toRequestMessage(message, redact, originalError?.message)
  }

  const beginSpan: Begin = ({ extendContext, args: { contextValue } }) => {
    const span = startSpan(contextValue.request, contextValue)
    if (span) extendContext({ span })
  }

  return {
    onRequestParse({ serverContext }) {
      serverContext.startedAt = clock.elapsed()
    },
    onParse() {
      return ({ result, context: { params }, extendContext }) => {
        if (result?.kind !== Kind.DOCUMENT) return
        const operation = getOperationAST(result, params.operationName)
        const operationName = operation?.name?.value
        extendContext({
          operationName: operationName && shortened(operationName, maxNameLength),
          ...(operation && { operationType: operation.operation }),
        })
      }
    },
    onExecute: beginSpan,
    onSubscribe: beginSpan,
    onExecutionResult({ request, result, setResult, context }) {
      if (!result) return
      if (isAsyncIterable(result)) {
        setResult(
          mapAsyncIterator(result, (event) => {
            logUnexpected(event, context)
            return toClientResult(event, context)
          }),
        )
        return
      }
      const outcome = logResult(result, context, request)
      logged.add(outcome)
      setResult(outcome)
    },
    /** The only hook that runs for a request that was rejected before it became an operation. */
    onResultProcess({ request, result, setResult, serverContext }) {
      if (isAsyncIterable(result)) return
      const toOutcome = (each: ExecutionResult) => (logged.has(each) ? each : logResult(each, serverContext, request))
      setResult(Array.isArray(result) ? result.map(toOutcome) : toOutcome(result))
    },
  }
}

type Begin = (begun: Pick<Parameters<NonNullable<Plugin['onExecute']>>[0], 'args' | 'extendContext'>) => void

/** Whether a field is null because something could not be read, and not because of the request. */
function isOfUnreadField({ path, extensions: { code } }: GraphQLError): boolean {
  return path !== undefined && /^(UPSTREAM_|INTERNAL_SERVER_ERROR$)/.test(String(code))
}

function outcomeOf({ errors = [], data }: ExecutionResult): 'success' | 'partial' | 'error' {
  if (errors.length === 0) return 'success'
  return data ? 'partial' : 'error'
}

function codesOf(errors: readonly GraphQLError[]): readonly unknown[] {
  return [...new Set(errors.map(({ extensions: { code } }) => code))]
}
