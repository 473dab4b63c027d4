import { GraphQLError } from 'graphql'

type RefusalCode =
  | 'QUERY_TOO_COSTLY'
  | 'QUERY_TOO_LARGE'
  | 'OVERLOADED'
  | 'PERSISTED_QUERY_NOT_IN_LIST'
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'

interface RefusalOptions {
  /** Status for every media type. Left out: 400, for `application/json` 200, as GraphQL over HTTP has it. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** What was measured and what is allowed. */
  readonly measured?: Readonly<Record<string, number>>
  /** When to come again: in the header of that name too. */
  readonly retryAfterSeconds?: number
}

/** What this server itself refuses, in its own words and before anything is resolved. */
export class RequestError extends GraphQLError {
  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    const { status, measured, retryAfterSeconds } = options
    const retry = retryAfterSeconds !== undefined
    const headers = { ...options.headers, ...(retry && { 'retry-after': String(retryAfterSeconds) }) }
    const http = { ...(status === undefined ? { spec: true, status: 400 } : { status }), headers }
    super(message, { extensions: { code, ...measured, ...(retry && { retryAfterSeconds }), http } })
  }
}

/** A request that is beyond a limit. */
export function beyond(setting: string, what: string, measured: number, limit: number): RequestError {
  return new RequestError(
    'QUERY_TOO_COSTLY',
    `${what} ${measured}; at most ${limit} is allowed. Ask for less at a time.`,
    {
      measured: { [setting]: measured, limit },
    },
  )
}
