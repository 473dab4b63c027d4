import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { RequestState } from './request-state.ts'
import { sendBytes, sendStream } from './send-answer.ts'
import type { SlowReaders } from './slow-readers.ts'
import { toCallerKey, type UnsentAnswers } from './unsent-answers.ts'

/** What a request brings to Yoga. The plugins add the rest of the state. */
type NodeContext = Required<Pick<RequestState, 'req' | 'res' | 'address' | 'executed'>>

export interface HandlerOptions {
  /** Yoga: returns the answer and does not send it. */
  respond(request: IncomingMessage, response: ServerResponse, state: NodeContext): Promise<Response> | Response
  readonly unsent: UnsentAnswers
  readonly readers: SlowReaders
  readonly log: Logger
}

/** Creates the listener for `node:http`. It sends the answers itself, because Yoga waits for every client without end. */
export function createHandler({ respond, unsent, readers, log }: HandlerOptions): RequestListener {
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const executed = { mutation: false }
    // A request has no socket any more when its body was refused.
    const address = req.socket.remoteAddress ?? 'unknown'
    const state: NodeContext & Partial<RequestState> = { req, res, address, executed }
    const made = await respond(req, res, state)
    const { requestId, caller } = state
    const key = toCallerKey({ caller, address })
    const onStall = (bytes: number) =>
      log.info({ requestId, caller: caller?.name, unsentBytes: bytes }, 'connection closed: its client does not read')
    const options = { readers, onStall }

    if (res.destroyed) return made.body?.cancel()
    const length = made.headers.get('content-length')
    if (!made.body || length === null) {
      writeHead(made, res)
      if (!made.body) return void res.end()
      return sendStream(made.body, res, (bytes) => unsent.reserve(key, bytes), options)
    }
    // What a mutation has changed is reported in any case. Its answer is small.
    const bytes = Number(length)
    const waiting = executed.mutation
      ? unsent.add(key, bytes)
      : await unsent.reserveRefreshed(key, bytes, () => readers.refresh())
    if (!waiting) {
      log.info({ requestId, caller: caller?.name, bytes }, 'answer refused: its caller has to read others first')
      return sendOverload(made, res)
    }
    writeHead(made, res)
    // Not awaited: this function would keep the text of the answer besides its bytes.
    return sendBytes(made.bytes(), res, waiting, options)
  }

  /** Sends the error in place of an answer that has been made. */
  function sendOverload({ headers }: Response, res: ServerResponse): void {
    const { message, extensions } = unsent.toError()
    const { http, ...rest } = extensions
    const requestId = headers.get('x-request-id')
    const body = JSON.stringify({ errors: [{ message, extensions: { ...rest, requestId } }] })
    headers.set('content-type', 'application/json; charset=utf-8')
    headers.set('retry-after', String(rest['retryAfterSeconds']))
    headers.set('content-length', String(Buffer.byteLength(body)))
    res.writeHead(429, Object.fromEntries(headers)).end(body)
  }

  return (request, response) => {
    const type = request.headers['content-type']
    // Media types are case-insensitive (RFC 9110, 8.3.1). Yoga compares them in lower case.
    if (type) request.headers['content-type'] = type.toLowerCase()
    // Yoga builds the URL before any plugin runs, and responds with a stack trace when that fails.
    if (!hasValidUrl(request)) return void response.writeHead(400, { connection: 'close' }).end()
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'unexpected error while a request was answered')
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { connection: 'close' }).end()
    })
  }
}

function writeHead({ headers, status, statusText }: Response, res: ServerResponse): void {
  // The connection belongs to `Connections`.
  headers.delete('connection')
  if (statusText) res.statusMessage = statusText
  res.writeHead(status, Object.fromEntries(headers))
}

function hasValidUrl({ url = '', headers: { host = 'localhost' } }: IncomingMessage): boolean {
  return url.startsWith('/') && URL.canParse(`http://${host}`)
}
