import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { Agent, type buildConnector, type Dispatcher, request } from 'undici'

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface IncomingResponse {
  readonly status: number
  header(name: string): string | undefined
  readonly text: string
  /** The size of the body. */
  readonly bytes: number
}

/** Sends a request and reads the whole response. A redirect is a response like any other. */
export interface Transport {
  send(outgoing: OutgoingRequest, signal: AbortSignal): Promise<IncomingResponse>
  /** Ends the calls in progress. */
  close(): Promise<void>
  /** Whether `close` was called: a call that fails then is no failure of the vendor. */
  readonly isClosed: boolean
}

/** The body of a response is larger than the transport accepts. */
export class ResponseTooLargeError extends Error {}

/**
 * The key of the OpenTelemetry SDK. An instrumentation of undici would otherwise add the headers of the trace, which contain
 * what a client sent, to calls to vendors, and record each call a second time.
 */
const suppressed = ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)

/** A body that is not used is received up to this size and for this many milliseconds, so that the connection can be reused. */
const unused = { bytes: 16_384, milliseconds: 5_000 }

/**
 * Creates a transport that accepts bodies of at most this many bytes. `none`: the bodies of responses are not used.
 * @param connect how it connects; default: to any address
 */
export function createTransport(
  maxBytes: number | 'none' | (() => number),
  connect?: buildConnector.connector,
): Transport {
  // Each call has its own timeout. Those of undici have a resolution of one second.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, ...(connect && { connect }) })
  let isClosed = false
  return {
    async send({ method, url, headers, body }, signal) {
      const options = { method, headers, body: body ?? null, signal, dispatcher: agent }
      const response = await context.with(suppressed, () => request(url, options))
      if (maxBytes === 'none') {
        const end = AbortSignal.timeout(unused.milliseconds)
        response.body.dump({ limit: unused.bytes, signal: end }).catch(() => {})
        return toIncoming(response)
      }
      // No request accepts an encoding, and the size of a decompressed body is known too late.
      if (isEncoded(response.headers['content-encoding'])) {
        // A destroyed body emits an error, which would end the process without a listener.
        response.body.on('error', () => {}).destroy()
        return toIncoming(response)
      }
      return toIncoming(response, await readAll(response.body, typeof maxBytes === 'number' ? maxBytes : maxBytes()))
    },
    close() {
      isClosed = true
      return agent.destroy()
    },
    get isClosed() {
      return isClosed
    },
  }
}

/** An async iterator takes several times as long. @throws ResponseTooLargeError, or why the body ended early */
function readAll(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes) body.destroy(new ResponseTooLargeError(`more than ${maxBytes} bytes`))
    })
    body.on('end', () => {
      const [only] = chunks
      resolve(only && chunks.length === 1 ? only : Buffer.concat(chunks, length))
    })
    body.on('error', reject)
    body.on('close', () => reject(new Error('the body has ended early')))
  })
}

function toIncoming(
  { statusCode, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  body: Buffer = Buffer.alloc(0),
): IncomingResponse {
  return {
    status: statusCode,
    header: (name) => [headers[name]].flat()[0],
    text: body.toString(),
    bytes: body.length,
  }
}

function isEncoded(encoding: string | string[] | undefined): boolean {
  return [encoding].flat().some((name) => name !== undefined && name.trim().toLowerCase() !== 'identity')
}
