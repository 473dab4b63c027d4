import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** One request as an emulator received it. */
export interface Call {
  readonly method: string
  /** Path and query, byte for byte as on the wire: some vendors' signatures cover it. */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  body: string
  /** Null while unanswered, and for ever when the answer never came. */
  status: number | null
  /** The client went away before it had its answer. */
  aborted: boolean
}

/** What an emulator says to a call. An object as body is sent as JSON, a string as it is. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

/** Undefined means that the emulator has no such route. */
export type Handler = (call: Call) => Answer | undefined | Promise<Answer | undefined>

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
