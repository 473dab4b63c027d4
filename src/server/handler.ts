import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Caller } from '../operation.ts'
import type { RequestHandler } from './connections.ts'
import type { OpenStreams } from './open-streams.ts'
import { readBody } from './read-body.ts'
import {
  type Exchange,
  isStorable,
  type KnownState,
  type OnMade,
  type RepeatedRequests,
  type Responder,
} from './repeated-requests.ts'
import type { RequestState } from './request-state.ts'
import { sendBytes, sendStream } from './send-answer.ts'
import type { SlowReaders } from './slow-readers.ts'
import type { StoredAnswer } from './stored-answer.ts'
import { toCallerKey, type UnsentAnswers } from './unsent-answers.ts'
import { requestIdHeader } from './use-request-id.ts'

/** What a request brings to Yoga. The plugins add the rest of the state. */
type NodeContext = Required<Pick<RequestState, 'req' | 'res' | 'address' | 'executed'>> &
  Pick<RequestState, 'body' | 'isBodyLarge'>

export interface HandlerOptions {
  /** Yoga: returns the answer and does not send it. */
  respond(request: IncomingMessage, response: ServerResponse, state: NodeContext): Promise<Response> | Response
  /** Answers identical requests; absent when each request is executed. */
  readonly repeatedRequests: RepeatedRequests | undefined
  /** Bytes of a body. */
  readonly maxBody: number
  readonly unsent: UnsentAnswers
  readonly readers: SlowReaders
  readonly streams: OpenStreams
  readonly log: Logger
}

const stalled = 'connection closed: its client does not read'
const refused = 'answer refused: its caller has to read others first'

/** Creates the listener for `node:http`. It sends the answers itself, because Yoga waits for every client without end. */
export function createHandler({
  respond,
  repeatedRequests,
  maxBody,
  unsent,
  readers,
  streams,
  log,
}: HandlerOptions): RequestHandler {
  async function execute(
    { req, res, address, body }: Exchange,
    known: KnownState = {},
    onMade: OnMade = () => {},
  ): Promise<void> {
    const executed = { mutation: false }
    const ofBody = body === 'large' ? { isBodyLarge: true } : body && body.length > 0 && { body }
    const state: NodeContext & Partial<RequestState> = { ...known, req, res, address, executed, ...ofBody }
    const made = await respond(req, res, state)
    const { requestId, caller, subscription } = state
    const key = toCallerKey({ caller, address })
    const onStall = (bytes: number) => {
      subscription?.end('not_reading')
      log.info({ requestId, caller: caller?.name, unsentBytes: bytes }, stalled)
    }
    const options = { readers, onStall }
    const isFew = state.pending?.basis?.isShareable === true && isStorable(made)
    const few = isFew ? Buffer.from(await made.bytes()) : null
    onMade(few && { status: made.status, statusText: made.statusText, headers: listHeaders(made), bytes: few })

    const length = made.headers.get('content-length')
    if (length === null) {
      // To look at the body of another answer makes a stream of it.
      try {
        if (res.destroyed) return await made.body?.cancel()
        writeHead(made, res)
        if (!made.body) return void res.end()
        if (caller && !subscription) streams.add({ req, res, address, caller })
        return await sendStream(made.body, res, (bytes) => unsent.reserve(key, bytes), options)
      } finally {
        subscription?.end('client_left')
      }
    }
    if (res.destroyed) return
    // What a mutation has changed is reported in any case. Its answer is small.
    const bytes = Number(length)
    const waiting = executed.mutation
      ? unsent.add(key, bytes)
      : await unsent.reserveRetrying(key, bytes, (tryAgain) => readers.retry(tryAgain))
    if (!waiting) {
      log.info({ requestId, caller: caller?.name, bytes }, refused)
      return sendOverload(headersOf(made), res)
    }
    writeHead(made, res)
    if (few) return sendBytes(few, res, waiting, options)
    // Not awaited: this function would keep the text of the answer besides its bytes.
    return sendBytes(made.bytes(), res, waiting, options)
  }

  /** Sends an answer that was made for an identical request. */
  async function send(
    answer: StoredAnswer,
    caller: Caller,
    requestId: string,
    { res, address }: Exchange,
  ): Promise<void> {
    const key = toCallerKey({ caller, address })
    const { status, statusText, bytes } = answer
    const headers = [...answer.headers, requestIdHeader, requestId]
    const waiting =
      unsent.reserve(key, bytes.length, true) ??
      (await unsent.reserveRetrying(key, bytes.length, (tryAgain) => readers.retry(tryAgain), true))
    if (!waiting) {
      log.info({ requestId, caller: caller.name, bytes: bytes.length }, refused)
      return sendOverload(recordOf(headers), res)
    }
    if (unsent.isFilling(key)) readers.refreshSoon()
    if (statusText) res.statusMessage = statusText
    res.writeHead(status, headers)
    const onStall = (unsentBytes: number) => log.info({ requestId, caller: caller.name, unsentBytes }, stalled)
    return sendBytes(bytes, res, waiting, { readers, onStall })
  }

  /** Sends the error in place of an answer that has been made. */
  function sendOverload(headers: Readonly<Record<string, string>>, res: ServerResponse): void {
    const { message, extensions } = unsent.toError()
    const { http, ...rest } = extensions
    const requestId = headers[requestIdHeader]
    const body = JSON.stringify({ errors: [{ message, extensions: { ...rest, requestId } }] })
    const ofError = {
      'content-type': 'application/json; charset=utf-8',
      'retry-after': String(rest['retryAfterSeconds']),
      'content-length': String(Buffer.byteLength(body)),
    }
    res.writeHead(429, { ...headers, ...ofError }).end(body)
  }

  function fail(error: unknown, response: ServerResponse): void {
    log.error({ err: error }, 'unexpected error while a request was answered')
    if (response.headersSent) response.destroy()
    else response.writeHead(500, { connection: 'close' }).end()
  }

  const responder: Responder = {
    execute,
    admits: (caller, { address }) => unsent.hasRoom(toCallerKey({ caller, address })),
    send,
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = req.method === 'POST' ? await readBody(req, maxBody) : undefined
    if (body === null) return
    const exchange = { req, res, address: addressOf(req), body }
    return repeatedRequests ? repeatedRequests(exchange, responder) : execute(exchange)
  }

  return (request, response, isFollowUp) => {
    if (isFollowUp && unsent.areFew) readers.presumeRead(request.socket)
    const type = request.headers['content-type']
    // Media types are case-insensitive (RFC 9110, 8.3.1). Yoga compares them in lower case.
    if (type) request.headers['content-type'] = type.toLowerCase()
    // Yoga builds the URL before any plugin runs, and responds with a stack trace when that fails.
    if (!hasValidUrl(request)) return void response.writeHead(400, { connection: 'close' }).end()
    answer(request, response).catch((error: unknown) => fail(error, response))
  }
}

function writeHead(made: Response, res: ServerResponse): void {
  const { status, statusText } = made
  if (statusText) res.statusMessage = statusText
  res.writeHead(status, headersOf(made))
}

/** The headers to send. The connection belongs to `Connections`. */
function headersOf({ headers }: Response): Readonly<Record<string, string>> {
  headers.delete('connection')
  return Object.fromEntries(headers)
}

function recordOf(headers: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : [])),
  )
}

/** As a stored answer has them. */
function listHeaders({ headers }: Response): readonly string[] {
  headers.delete('connection')
  return [...headers].flatMap(([name, value]) => (name === requestIdHeader ? [] : [name, value]))
}

/** A request has no socket any more when its body was refused. */
function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? 'unknown'
}

/** The last valid one: most requests have the same. */
let validHost = 'localhost'

function hasValidUrl({ url = '', headers: { host = 'localhost' } }: IncomingMessage): boolean {
  if (!url.startsWith('/')) return false
  if (host !== validHost && URL.canParse(`http://${host}`)) validHost = host
  return host === validHost
}
