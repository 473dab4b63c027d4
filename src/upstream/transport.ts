import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { Agent, type buildConnector } from 'undici'
import { type IncomingResponse, ResponseReader } from './response-reader.ts'

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request and reads the whole response. A redirect is a response like any other. */
export interface Transport {
  send(outgoing: OutgoingRequest, signal: AbortSignal): Promise<IncomingResponse>
  /** Ends the calls in progress. */
  close(): Promise<void>
  /** Whether `close` was called: a call that fails then is no failure of the vendor. */
  readonly isClosed: boolean
}

/**
 * The key of the OpenTelemetry SDK. An instrumentation of undici would otherwise add the headers of the trace, which contain
 * what a client sent, to calls to vendors, and record each call a second time.
 */
const suppressed = ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)

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
    send({ method, url: { origin, pathname, search }, headers, body = null }, signal) {
      const options = { origin, path: pathname + search, method, headers: { ...headers }, body }
      const limit = typeof maxBytes === 'function' ? maxBytes() : maxBytes
      return new Promise((resolve, reject) => {
        const reader = new ResponseReader(limit, signal, { resolve, reject })
        if (!signal.aborted) context.with(suppressed, () => agent.dispatch(options, reader))
      })
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
