import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Authenticate } from '../access/caller.ts'
import type { Caller } from '../operation.ts'
import type { Clock } from '../upstream/clock.ts'
import { toAnswerKey } from './answer-key.ts'
import type { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { logOperation } from './operation-line.ts'
import { startOperationSpan } from './operation-span.ts'
import { type Outcome, PendingAnswer } from './pending-answer.ts'
import type { RedactText } from './request-message.ts'
import type { RequestState } from './request-state.ts'
import type { StoredAnswer } from './stored-answer.ts'
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

/** One request, and how it is answered. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** The address of the client. */
  readonly address: string
  /** Absent for other methods than POST. */
  readonly body: Buffer | undefined
  /** Passes the request on to Yoga, and sends the response. */
  execute(state?: KnownState, onMade?: OnMade): Promise<void>
  /** Whether the caller may get another answer before it reads those that were sent. */
  admits(caller: Caller): boolean
  /** Sends an answer to this caller. */
  send(answer: StoredAnswer, caller: Caller, requestId: string): Promise<void>
}

/** Receives the response before it is sent, with its bytes if it has few; null when there is none. */
export type OnMade = (made: MadeAnswer | null) => void

type MadeAnswer = Pick<StoredAnswer, 'status' | 'statusText' | 'headers' | 'bytes'>

/**
 * Answers a request that is identical to another one with the same bytes: of the last moment, or as soon as they are made.
 * The caller is authenticated for every request. All that the answer depends on is equal, so that the other checks of
 * the request have the same result.
 */
export function createRepeatedRequests(options: RepetitionOptions): (exchange: Exchange) => Promise<void> {
  const { answers, authenticate, limiter, clock, log, redact, deadline, countOperation } = options

  return async (exchange) => {
    const { req, res, address, body } = exchange
    if (!isRepeatable(req, options)) return exchange.execute()
    const arrivedAt = clock.elapsed()
    const authentication = await authenticate({ authorization: req.headers.authorization ?? null, address })
    if ('reason' in authentication) return exchange.execute({ authentication })
    const caller = authentication
    const { method = '', url = '', headers } = req
    const key = toAnswerKey({ method, url, headers, caller, body })
    const line = { requestId: toRequestId(headerOf(req, requestIdHeader)), caller: caller.name, upstreamCalls: 0 }
    const summary = () => ({ ...line, durationMs: Math.round(clock.elapsed() - arrivedAt) })

    /** Only queries are stored, and waited for. */
    const spanOf = (name: string | undefined) =>
      startOperationSpan(
        (header) => headerOf(req, header),
        () => ({
          requestId: line.requestId,
          type: 'query',
          name: name && redact(name, maxNameLength),
          age: clock.elapsed() - arrivedAt,
        }),
      )

    const repeat = (answer: StoredAnswer): Promise<void> => {
      const { operationName, cost, read } = answer.operation
      const span = spanOf(operationName)
      logOperation(log, {
        ...summary(),
        operationName,
        traceId: span?.traceId,
        cost,
        stored: true,
        codes: [],
        ...read,
      })
      span?.end({ stored: true, complete: read?.complete })
      countOperation?.({ name: operationName, outcome: 'success', milliseconds: clock.elapsed() - arrivedAt })
      return exchange.send(answer, caller, line.requestId)
    }

    let state: KnownState = { authentication }
    // Yoga has the error.
    if (!exchange.admits(caller)) return exchange.execute(state)
    for (;;) {
      const found = await answers.find(key)
      if (found) return repeat(found)
      const other = answers.findPending(key)
      const pending = other instanceof Promise ? await other : other
      if (!pending) return lead(exchange, key, state)
      const outcome = await follow(pending, caller, res)
      // The credential is checked again after the wait.
      state = { waited: clock.elapsed() - arrivedAt }
      if (outcome === 'left') {
        const none = { operationName: undefined, cost: undefined }
        logOperation(log, { ...summary(), ...none, clientLeft: true })
        countOperation?.({ name: undefined, outcome: 'client_left', milliseconds: clock.elapsed() - arrivedAt })
        return spanOf(undefined)?.end({ clientLeft: true })
      }
      if (outcome === 'alone') return exchange.execute(state)
      if (outcome !== 'next') return repeat(outcome)
    }
  }

  /** Executes the request, for the identical ones too. */
  async function lead({ res, execute }: Exchange, key: string, state: KnownState): Promise<void> {
    const pending = new PendingAnswer(clock, deadline, () => res.destroyed)
    let isMade = false
    const end = (made: MadeAnswer | null) => {
      isMade = true
      const { basis, price, operation } = pending
      answers.end(key, pending, made && basis?.isShareable ? { ...made, operation, basis, price } : null)
    }
    answers.add(key, pending)
    try {
      const from = clock.elapsed() - (state.waited ?? 0)
      await pending.gather()
      await execute({ ...state, pending, waited: clock.elapsed() - from }, end)
    } finally {
      if (!isMade) end(null)
    }
  }

  async function follow(pending: PendingAnswer, caller: Caller, res: ServerResponse): Promise<Outcome> {
    const release = limiter.follow(caller)
    if (!release) return 'alone'
    const { outcome, leave } = pending.join()
    res.once('close', leave)
    try {
      return res.destroyed ? 'left' : await outcome
    } finally {
      res.off('close', leave)
      release()
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

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
