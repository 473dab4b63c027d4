import type { IncomingMessage } from 'node:http'
import type { Plugin as YogaPlugin } from 'graphql-yoga'

/** What the plugins know about one request. Yoga hands the same object to every hook of the request. */
export interface RequestState {
  requestId: string
  startedAt: number
  operationName: string | undefined
  /** Absent where a request came by `fetch` and not over a socket. */
  req?: IncomingMessage
}

export type Plugin = YogaPlugin<RequestState, RequestState>
