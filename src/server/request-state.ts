import type { IncomingMessage } from 'node:http'
import type { Plugin as YogaPlugin } from 'graphql-yoga'
import type { Caller } from '../operation.ts'

/** What the plugins know about one request. Yoga hands the same object to every hook of the request. */
export interface RequestState {
  requestId: string
  startedAt: number
  /** Absent until it is known, and where nobody could be made out. */
  caller: Caller | undefined
  operationName: string | undefined
  /** What the operation was priced at. */
  cost?: number
  /** The calls to vendors that the operation began. */
  calls?: { readonly made: number }
  /** Absent where a request came by `fetch` and not over a socket. */
  req?: IncomingMessage
}

export type Plugin = YogaPlugin<RequestState, RequestState>
