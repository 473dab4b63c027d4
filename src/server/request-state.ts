import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin as YogaPlugin } from 'graphql-yoga'
import type { Denial } from '../access/caller.ts'
import type { Caller } from '../operation.ts'
import type { OperationOutcome } from '../operation-outcome.ts'
import type { OperationSpan } from './operation-span.ts'
import type { PendingAnswer } from './pending-answer.ts'
import type { Bytes } from './read-body.ts'
import type { Subscription } from './subscription.ts'
import type { Variables } from './variables.ts'

/** What the plugins share about one request. Yoga passes the same object to every hook of the request. */
export interface RequestState {
  requestId: string
  startedAt: number
  /** Undefined until the request is authenticated. */
  caller: Caller | undefined
  operationName: string | undefined
  /** `query`, `mutation` or `subscription`; absent until the document is parsed. */
  operationType?: string
  /** Its span; absent without tracing, and until it is executed. */
  span?: OperationSpan
  /** What the credential was found to be before the request came to Yoga; absent when it has to be checked. */
  authentication?: Caller | Denial
  /** The answer to this request and to identical ones; absent when each is answered for itself. */
  pending?: PendingAnswer
  /** Milliseconds that the request has waited for identical ones or their answer. They count towards the deadline. */
  waited?: number
  /** The number of operations of the request; absent for a request that is no list. */
  operations?: number
  /** The key in the header of an operation with one mutation. */
  idempotencyKey?: string
  /** The values of the variables of the operation; undefined until they are known to be valid. */
  variables?: Variables
  /** The computed cost of the operation. */
  cost?: number
  /** The computed cost of each operation of the request. */
  costs?: number[]
  /** The vendor calls that the operation started. */
  calls?: { readonly made: number }
  /** What is wrong with what the operation has read; absent when it was not executed. */
  outcome?: OperationOutcome
  /** Set when the response is a stream of events. */
  subscription?: Subscription
  /** Undefined for a request that came through `fetch` and not over a socket. */
  req?: IncomingMessage
  res?: ServerResponse
  /** The body, if it was read and is not empty. */
  body?: Bytes
  /** Whether the body has more bytes than the limit, and was not read. */
  isBodyLarge?: boolean
  /** The address of the client. */
  address?: string
  /** Shared by the operations of the request. Undefined for a request that came through `fetch`. */
  executed?: { mutation: boolean }
}

export type Plugin = YogaPlugin<RequestState, RequestState>
