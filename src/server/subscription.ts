import type { ServerResponse } from 'node:http'
import type { DocumentNode } from 'graphql'
import type { CallCause, Caller } from '../operation.ts'
import type { RequestError } from './request-error.ts'
import type { EndReason } from './stream-counter.ts'

/** A subscription as its client sent it. */
export interface SubscriptionRequest {
  readonly requestId: string
  readonly document: DocumentNode
  /** The text of the document. */
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  /** The header Authorization: a secret. */
  readonly authorization: string | null
  /** The address of the client. */
  readonly address: string
  /** The OpenTelemetry context with its span; absent without tracing. */
  readonly trace: CallCause['trace']
  /** Absent for a request that came through `fetch`. */
  readonly response: ServerResponse | undefined
}

/** An open subscription. It may outlive the configuration that it began under. */
export class Subscription {
  readonly request: SubscriptionRequest
  /** With the rights that it has now. */
  caller: Caller
  /** Those that were delivered. */
  events = 0
  /** The calls to vendors that its beginning has started. Its events start none. */
  calls = 0
  /** Resolves when the rights of the caller are known: no event is delivered before. */
  checked: Promise<void> = Promise.resolve()
  readonly #ended = new AbortController()
  #reason: EndReason | null = null
  #error: RequestError | undefined

  constructor(request: SubscriptionRequest, caller: Caller) {
    this.request = request
    this.caller = caller
  }

  /** Aborts when the subscription ends. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** Null while it is open. */
  get reason(): EndReason | null {
    return this.#reason
  }

  /** The last message to the client; undefined when it has no error. */
  get error(): RequestError | undefined {
    return this.#error
  }

  /** Ends it, unless it has ended. An error is delivered before the stream is completed. */
  end(reason: EndReason, error?: RequestError): void {
    this.#end(reason, 'AbortError', error)
  }

  /** Ends it because it could not begin in time. */
  expire(): void {
    this.#end('failed', 'TimeoutError')
  }

  #end(reason: EndReason, cause: string, error?: RequestError): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#error = error
    this.#ended.abort(new DOMException('The subscription has ended.', cause))
  }
}
