import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { until } from './until.ts'

/** One event of the protocol of graphql-sse: its name, and its data as JSON. */
interface StreamEvent {
  readonly event: string
  readonly data: unknown
}

export interface EventStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** What was received so far, byte by byte. */
  readonly text: string
  readonly events: readonly StreamEvent[]
  /** The values of `next` events. */
  readonly results: readonly Result[]
  /** How many comment lines were received. */
  readonly comments: number
  /** Whether the response is complete. */
  readonly isComplete: boolean
  /** Whether the connection has closed. */
  readonly isClosed: boolean
  /** Resolves when this many `next` events were received. */
  untilResults(count: number): Promise<void>
  untilClosed(): Promise<void>
  pause(): void
  resume(): void
  /** Closes the connection. */
  leave(): void
}

interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

const contentHeaders = { 'content-type': 'application/json', accept: 'text/event-stream' }

/** Sends a subscription and reads its stream as bytes. Resolves when the headers of the response are there. */
export function openEventStream(
  url: string,
  body: { readonly query: string; readonly variables?: object; readonly operationName?: string } | readonly object[],
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/graphql`, {
      agent: false,
      method: 'POST',
      headers: { ...contentHeaders, ...headers },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      let isClosed = false
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('error', () => {})
      response.on('close', () => {
        isClosed = true
      })
      const events = () => parseEvents(text)
      const results = () =>
        events()
          .filter(({ event }) => event === 'next')
          .map(({ data }) => data as Result)
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        get text() {
          return text
        },
        get events() {
          return events()
        },
        get results() {
          return results()
        },
        get comments() {
          return text.split('\n').filter((line) => line.startsWith(':')).length
        },
        get isComplete() {
          return response.complete
        },
        get isClosed() {
          return isClosed
        },
        untilResults: (count) => until(() => results().length >= count || isClosed),
        untilClosed: () => until(() => isClosed),
        pause: () => response.pause(),
        resume: () => response.resume(),
        leave: () => request.destroy(),
      })
    })
    request.end(JSON.stringify(body))
  })
}

/** Parses the complete events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function parseEvents(text: string): readonly StreamEvent[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.flatMap((block) => {
    const lines = block.split('\n').filter((line) => !line.startsWith(':'))
    const fieldOf = (name: string) =>
      lines
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim()
    const event = fieldOf('event')
    const data = fieldOf('data')
    return event === undefined ? [] : [{ event, data: data ? JSON.parse(data) : null }]
  })
}
