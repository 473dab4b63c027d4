import { setImmediate } from 'node:timers/promises'
import type { FetchAPI } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Authenticate } from '../access/caller.ts'
import type { Limits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import { OperationOutcome } from '../operation-outcome.ts'
import { dropValues } from '../per-operation.ts'
import { AbortQueue } from './abort-queue.ts'
import { withDeadline } from './deadline.ts'
import { type ToGraphQLError, toClientError, toUnexpected } from './error.ts'
import {
  forbidden,
  foreign,
  isForeign,
  isKnown,
  maxMessage,
  stateHeaders,
  toFileHeaders,
  toLacking,
  toMistakes,
  toProblemResponse,
  wrongMethod,
} from './export-response.ts'
import type { FairQueue } from './fair-queue.ts'
import type { ExportProgress, HttpExport, ParsedExport, ReadExport } from './http-export.ts'
import type { TakeSlot } from './operation-slots.ts'
import { toPath } from './path.ts'
import type { CostOf } from './price.ts'
import { type Problem, toProblem } from './problem.ts'
import { toLimitError } from './request-error.ts'
import type { RedactText } from './request-message.ts'
import type { Plugin, RequestState } from './request-state.ts'
import { toAuthenticationError } from './use-authentication.ts'
import { type CountOperation, isRead } from './use-metrics.ts'
import type { OperationOptions } from './use-operation.ts'

export interface ExportOptions<Context extends object>
  extends Pick<OperationOptions<Context>, 'createContext' | 'deadline' | 'clock'> {
  readonly exports?: readonly HttpExport<Context>[]
  readonly authenticate: Authenticate
  readonly costOf: CostOf
  readonly limits: Pick<Limits, 'cost'>
  readonly toGraphQLError: ToGraphQLError
  readonly redact: RedactText
  readonly countOperation?: CountOperation | undefined
  readonly log: Logger
}

/** One request for an export. */
interface Exchange {
  readonly request: Request
  readonly state: RequestState
  readonly fetchAPI: FetchAPI
  readonly caller: Caller
}

/** Answers requests for exports: lists of certificates as files. Each is read once, and written as its client reads. */
export function useExports<Context extends object>(
  options: ExportOptions<Context>,
  queue: FairQueue,
  takeSlot: TakeSlot,
): Plugin {
  const { createContext, authenticate, costOf, limits, deadline, clock, log, redact, countOperation } = options
  const byPath = new Map((options.exports ?? []).map((each) => [each.path, each]))
  const aborts = new AbortQueue(clock)

  async function answer(
    found: HttpExport<Context>,
    { request, serverContext: state, fetchAPI, endResponse }: Parameters<RequestHook>[0],
  ): Promise<void> {
    state.startedAt = clock.elapsed()
    const refuse = (problem: Problem) => endResponse(toProblemResponse(problem, state, fetchAPI))
    if (!isRead(request.method)) return refuse(wrongMethod)
    if (isForeign(request)) return refuse(foreign)
    const authorization = request.headers.get('authorization')
    const address = state.address ?? 'unknown'
    const { query, feedToken } = readQuery(request, found)
    const caller = await authenticate({ authorization, address, ...(feedToken !== undefined && { feedToken }) })
    if ('reason' in caller) {
      log.info({ requestId: state.requestId, address, reason: caller.reason }, 'authentication failed')
      return refuse(toProblem(toAuthenticationError(caller, (feedToken ?? authorization) !== null)))
    }
    state.caller = caller
    if (!caller.permissions.has('certificates:read')) return refuse(forbidden)
    const parsed = (await found.load())(query)
    if ('mistakes' in parsed) return refuse(toMistakes(parsed.mistakes, redact))
    endResponse(await run(found, parsed, { request, state, fetchAPI, caller }))
  }

  /** Reads the vendors, and returns the response whose body is written when it is read. */
  async function run(
    { name }: HttpExport<Context>,
    parsed: Exclude<ParsedExport<Context>, { mistakes: unknown }>,
    exchange: Exchange,
  ): Promise<Response> {
    const { request, state, fetchAPI, caller } = exchange
    const { requestId } = state
    const progress = { rows: 0 }
    const outcome = new OperationOutcome()
    let upstreamCalls = 0
    const end = (codes: readonly string[], clientLeft = false) => {
      const milliseconds = clock.elapsed() - state.startedAt
      const durationMs = Math.round(milliseconds)
      const how = clientLeft ? ({ clientLeft: true } as const) : { codes, ...outcome.summary }
      log.info(
        { requestId, caller: caller.name, export: name, ...progress, upstreamCalls, durationMs, ...how },
        'export',
      )
      const result = clientLeft ? 'client_left' : codes.length > 0 ? 'error' : 'success'
      countOperation?.({ name, outcome: result, milliseconds })
    }
    try {
      const read = await withDeadline(request.signal, deadline, clock, aborts, async (signal) => {
        const release = await takeSlot(state, signal)
        let context: Context | undefined
        try {
          checkCost(parsed, caller)
          context = createContext({
            requestId,
            caller,
            signal,
            deadline: state.startedAt + deadline,
            timeSlice: queue.open(caller, signal),
            idempotencyKey: undefined,
            basis: undefined,
            encodedLists: undefined,
            outcome,
            cause: { requestId },
            isPassive: false,
            plan: undefined,
            onCall: () => {
              upstreamCalls += 1
            },
          })
          return await parsed.read(context)
        } finally {
          if (context) dropValues(context)
          release()
        }
      })
      const lacking = toLacking(parsed.requirements, read, redact)
      if (lacking) {
        end([lacking.code])
        const headers = { ...stateHeaders(read, redact), ...lacking.headers }
        return toProblemResponse({ ...lacking, headers }, state, fetchAPI)
      }
      const headers = toFileHeaders(read, caller, redact)
      if (isKnown(request, read)) {
        end([])
        return new fetchAPI.Response(null, { status: 304, headers })
      }
      if (request.method === 'HEAD') {
        end([])
        return new fetchAPI.Response(null, { headers })
      }
      return new fetchAPI.Response(toBody(read, progress, exchange, end), { headers })
    } catch (error) {
      const clientError = toClientError(error, options.toGraphQLError)
      const unexpected = request.signal.aborted ? undefined : toUnexpected(clientError)
      if (unexpected) log.error({ requestId, err: unexpected }, 'unexpected error')
      const problem = toProblem(clientError)
      end([problem.code], request.signal.aborted)
      return toProblemResponse({ ...problem, detail: redact(problem.detail, maxMessage) }, state, fetchAPI)
    }
  }

  /** @throws RequestError for an export whose filter needs more calls than a query may make */
  function checkCost({ equivalent }: { readonly equivalent: Equivalent }, caller: Caller): void {
    const cost = costOf({ ...equivalent, operationName: undefined, caller })?.cost ?? 0
    if (cost > limits.cost) throw toLimitError('cost', 'The export costs', cost, limits.cost)
  }

  /** The stream of a file. Its next part is made when the one before is taken. */
  function toBody(
    read: ReadExport,
    progress: ExportProgress,
    { request, state, fetchAPI, caller }: Exchange,
    end: (codes: readonly string[], clientLeft?: boolean) => void,
  ): ReadableStream<Uint8Array> {
    const { signal } = request
    const parts = read.write(queue.open(caller, signal), progress)[Symbol.asyncIterator]()
    let hasEnded = false
    const endOnce = (codes: readonly string[], clientLeft = false) => {
      if (!hasEnded) end(codes, clientLeft)
      hasEnded = true
    }
    return new fetchAPI.ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await parts.next()
          if (!done) return controller.enqueue(value)
          endOnce([])
          controller.close()
        } catch (error) {
          const isBug = !signal.aborted && !hasEnded
          if (isBug) log.error({ requestId: state.requestId, err: error }, 'unexpected error')
          endOnce(['INTERNAL_SERVER_ERROR'], signal.aborted)
          // The connection is closed, so that the client cannot take the part for the whole.
          controller.error(error)
        }
      },
      async cancel() {
        endOnce([], true)
        // A part that is being made ends with the slices of its client.
        await setImmediate()
        await parts.return?.()
      },
    })
  }

  return {
    // Asynchronous for exports only: other requests would each wait for a promise.
    onRequest(payload) {
      const found = byPath.get(toPath(payload.request))
      return found && answer(found, payload)
    },
  }
}

/** The parameter of a feed with its token. */
const tokenParameter = 'token'

/** The parameters of an export. The token of a feed is left out, so that no message repeats it. */
function readQuery({ url }: Request, { isFeed }: { readonly isFeed: boolean }) {
  const query = new URL(url).searchParams
  const tokens = isFeed ? query.getAll(tokenParameter) : []
  if (tokens.length === 0) return { query }
  query.delete(tokenParameter)
  // Of two tokens it is not known which one counts: no token is empty.
  return { query, feedToken: tokens.length === 1 ? tokens[0] : '' }
}

type RequestHook = NonNullable<Plugin['onRequest']>
type Equivalent = Exclude<ParsedExport<object>, { mistakes: unknown }>['equivalent']
