import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** One request as an emulator received it. */
export interface Call {
  readonly method: string
  /** Path and query, byte for byte as received: some vendors' signatures cover them. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  body: string
  /** Null until the response is sent. Stays null when no response is sent. */
  status: number | null
  /** Whether the client closed the connection before the response. */
  aborted: boolean
}

/** A response of an emulator. A body that is an object is sent as JSON, a string unchanged. */
export interface EmulatedResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

/** Undefined means that the emulator has no route for the call. */
export type Handler = (call: Call) => EmulatedResponse | undefined | Promise<EmulatedResponse | undefined>

export function toCall({ method = '', url = '', headers }: IncomingMessage): Call {
  const [path = '', ...query] = url.split('?')
  return {
    method,
    target: url,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body: '',
    status: null,
    aborted: false,
  }
}
