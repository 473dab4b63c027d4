import { GraphQLError } from 'graphql'

type RequestErrorCode =
  | 'QUERY_TOO_COSTLY'
  | 'QUERY_TOO_LARGE'
  | 'TOO_MANY_ERRORS'
  | 'OVERLOADED'
  | 'PERSISTED_QUERY_NOT_IN_LIST'
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'

interface RequestErrorOptions {
  /** Status for every media type. Default: 400, and 200 for `application/json` (GraphQL over HTTP, 6.4.1). */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** The measured number and its limit, when a limit was exceeded. */
  readonly measured?: Readonly<Record<string, number>>
  /** Also sent as the header Retry-After. */
  readonly retryAfterSeconds?: number
}

/** A request that the server rejects before any resolver runs. */
export class RequestError extends GraphQLError {
  constructor(code: RequestErrorCode, message: string, options: RequestErrorOptions = {}) {
    const { status, measured, retryAfterSeconds } = options
    const retry = retryAfterSeconds !== undefined
    const headers = { ...options.headers, ...(retry && { 'retry-after': String(retryAfterSeconds) }) }
    const http = { ...(status === undefined ? { spec: true, status: 400 } : { status }), headers }
    super(message, { extensions: { code, ...measured, ...(retry && { retryAfterSeconds }), http } })
  }
}

/** @param what the measured quantity as the start of a sentence, such as `The query costs` */
export function toLimitError(setting: string, what: string, measured: number, limit: number): RequestError {
  const message = `${what} ${measured}; the limit is ${limit}.`
  return new RequestError('QUERY_TOO_COSTLY', message, { measured: { [setting]: measured, limit } })
}
