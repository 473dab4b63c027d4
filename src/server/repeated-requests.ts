import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Authenticate } from '../access/caller.ts'
import type { Caller } from '../operation.ts'
import type { Clock } from '../upstream/clock.ts'
import { toAnswerKey } from './answer-key.ts'
import type { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { logOperation } from './operation-line.ts'
import { type OperationSpan, startOperationSpan } from './operation-span.ts'
import { type Outcome, PendingAnswer } from './pending-answer.ts'
import type { Body } from './read-body.ts'
import type { RedactText } from './request-message.ts'
import type { RequestState } from './request-state.ts'
import type { OperationSummary, StoredAnswer } from './stored-answer.ts'
import { maxStoredAnswer, type StoredAnswers } from './stored-answers.ts'
import type { CountOperation } from './use-metrics.ts'
import { maxNameLength } from './use-operation-log.ts'
import { graphqlPath } from './use-path.ts'
import { requestIdHeader, toRequestId } from './use-request-id.ts'

export interface RepetitionOptions {
  readonly answers: StoredAnswers
  readonly authenticate: Authenticate
  readonly limiter: ConcurrencyLimiter
  readonly isAcceptedHost: (host: string) => boolean
  /** Milliseconds that one operation may take. */
  readonly deadline: number
  readonly clock: Clock
  readonly log: Logger
  /** Counts the operations that come to Yoga no more. */
  readonly countOperation?: CountOperation | undefined
  readonly redact: RedactText
}

/** What is known of a request before it comes to Yoga. */
export type KnownState = Pick<RequestState, 'authentication' | 'pending' | 'waited'>

/** One request. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** The address of the client. */
  readonly address: string
  /** Absent for other methods than POST. */
  readonly body: Body | undefined
}

/** How a request is answered. */
export interface Responder {
  /** Passes the request on to Yoga, and sends the response. */
  execute(exchange: Exchange, state?: KnownState, onMade?: OnMade): Promise<void>
  /** Whether the caller may get another answer before it reads those that were sent. */
  admits(caller: Caller, exchange: Exchange): boolean
  /** Sends an answer to this caller. */
  send(answer: StoredAnswer, caller: Caller, requestId: string, exchange: Exchange): Promise<void>
}

/** Answers a request, again or with the responder. */
export type RepeatedRequests = (exchange: Exchange, responder: Responder) => Promise<void>

/** Receives the response before it is sent, with its bytes if it has few; null when there is none. */
export type OnMade = (made: MadeAnswer | null) => void

type MadeAnswer = Pick<StoredAnswer, 'status' | 'statusText' | 'headers' | 'bytes'>

/** A repeated answer has no errors. */
const noCodes: readonly unknown[] = []

/** A request that may be identical to another one. */
interface Repeatable {
  readonly exchange: Exchange
  readonly caller: Caller
  readonly requestId: string
  readonly arrivedAt: number
}

/**
 * Answers a request that is identical to another one with the same bytes: of the last moment, or as soon as they are made.
 * The caller is authenticated for every request. All that the answer depends on is equal, so that the other checks of
 * the request have the same result.
 */
export function createRepeatedRequests(options: RepetitionOptions): RepeatedRequests {
  const { answers, authenticate, limiter, clock, log, redact, deadline, countOperation } = options

  /** Only queries are stored, and waited for. */
  function spanOf({ exchange, requestId, arrivedAt }: Repeatable, name: string | undefined): OperationSpan | undefined {
    return startOperationSpan(
      (header) => headerOf(exchange.req, header),
      () => ({
        requestId,
        type: 'query',
        name: name && redact(name, maxNameLength),
        age: clock.elapsed() - arrivedAt,
      }),
    )
  }

  /** Logs and counts a request that was answered again. */
  function recordRepeated(request: Repeatable, { operationName, cost, read }: OperationSummary): void {
    const span = spanOf(request, operationName)
    const milliseconds = clock.elapsed() - request.arrivedAt
    logOperation(log, {
      requestId: request.requestId,
      caller: request.caller.name,
      operationName,
      traceId: span?.traceId,
      cost,
      upstreamCalls: 0,
      durationMs: Math.round(milliseconds),
      stored: true,
      codes: noCodes,
      read,
    })
    span?.end({ stored: true, complete: read?.complete })
    countOperation?.({ name: operationName, outcome: 'success', milliseconds })
  }

  /** Logs and counts a request whose client has left while it waited. */
  function recordLeft(request: Repeatable): void {
    const milliseconds = clock.elapsed() - request.arrivedAt
    logOperation(log, {
      requestId: request.requestId,
      caller: request.caller.name,
      upstreamCalls: 0,
      durationMs: Math.round(milliseconds),
      clientLeft: true,
    })
    countOperation?.({ name: undefined, outcome: 'client_left', milliseconds })
    spanOf(request, undefined)?.end({ clientLeft: true })
  }

  /** Executes the request, unless its client has left: Yoga would not find out. */
  async function execute(request: Repeatable, responder: Responder, state: KnownState, onMade?: OnMade): Promise<void> {
    if (request.exchange.res.destroyed) recordLeft(request)
    else await responder.execute(request.exchange, state, onMade)
  }

  /** Executes the request, for the identical ones too. */
  async function lead(request: Repeatable, responder: Responder, key: string, state: KnownState): Promise<void> {
    const { exchange, arrivedAt } = request
    const pending = new PendingAnswer(clock, arrivedAt, deadline, () => exchange.res.destroyed)
    let isMade = false
    const end = (made: MadeAnswer | null) => {
      isMade = true
      answers.end(key, pending, made && toStored(made, pending))
    }
    answers.add(key, pending)
    try {
      await pending.gather()
      await execute(request, responder, { ...state, pending, waited: clock.elapsed() - arrivedAt }, end)
    } finally {
      if (!isMade) end(null)
    }
  }

  function follow(pending: PendingAnswer, caller: Caller, res: ServerResponse): Outcome | Promise<Outcome> {
    const release = limiter.follow(caller)
    if (!release) return 'alone'
    return new Promise((resolve) => {
      const leave = pending.join((outcome) => {
        res.off('close', leave)
        release()
        resolve(outcome)
      })
      if (res.destroyed) leave()
      else res.on('close', leave)
    })
  }

  return async (exchange, responder) => {
    const { req, res, address, body } = exchange
    if (body === 'large' || !isRepeatable(req, options)) return responder.execute(exchange)
    const arrivedAt = clock.elapsed()
    const authentication = await authenticate({ authorization: req.headers.authorization ?? null, address })
    if ('reason' in authentication) return responder.execute(exchange, { authentication })
    const caller = authentication
    let state: KnownState = { authentication }
    // Yoga has the error.
    if (!responder.admits(caller, exchange)) return responder.execute(exchange, state)
    const { method = '', url = '', headers } = req
    const key = toAnswerKey({ method, url, headers, caller, body })
    const requestId = toRequestId(headerOf(req, requestIdHeader))
    const request = { exchange, caller, requestId, arrivedAt }
    for (;;) {
      const known = answers.find(key)
      let outcome: Outcome | undefined = known instanceof Promise ? await known : known
      if (!outcome) {
        const other = answers.findPending(key, arrivedAt)
        const pending = other instanceof Promise ? await other : other
        if (!pending) return lead(request, responder, key, state)
        outcome = await follow(pending, caller, res)
        // The credential is checked again after the wait.
        state = { waited: clock.elapsed() - arrivedAt }
      }
      if (outcome === 'left') return recordLeft(request)
      if (outcome === 'alone') return execute(request, responder, state)
      if (outcome === 'next') continue
      recordRepeated(request, outcome.operation)
      return responder.send(outcome, caller, requestId, exchange)
    }
  }
}

/** Whether an answer may be stored, by its status and size. */
export function isStorable({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  const length = headers.get('content-length')
  return status === 200 && length !== null && Number(length) <= maxStoredAnswer
}

/** Whether a request may be identical to another one. */
function isRepeatable(
  { method, url = '', headers }: IncomingMessage,
  { isAcceptedHost }: Pick<RepetitionOptions, 'isAcceptedHost'>,
): boolean {
  const query = url.indexOf('?')
  if ((query === -1 ? url : url.slice(0, query)) !== graphqlPath) return false
  if (headers.host === undefined || !isAcceptedHost(headers.host)) return false
  const type = headers['content-type'] ?? ''
  return (
    method === 'GET' || (method === 'POST' && (type === 'application/json' || type.startsWith('application/json;')))
  )
}

/** Null when the answer is only for the request that it was made for. */
function toStored(made: MadeAnswer, { basis, price, operation }: PendingAnswer): StoredAnswer | null {
  if (!basis?.isShareable) return null
  const { status, statusText, headers, bytes } = made
  // V8 compiles what reads an answer once for all literals, and anew for the results of a spread.
  return { status, statusText, headers, bytes, operation, basis, price }
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
