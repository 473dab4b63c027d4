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
}

/** What this server itself refuses, in its own words and before anything is resolved. */
export class Refusal extends GraphQLError {
  constructor(code: RefusalCode, message: string, { status, headers, measured }: RefusalOptions = {}) {
    const http = { ...(status === undefined ? { spec: true, status: 400 } : { status }), ...(headers && { headers }) }
    super(message, { extensions: { code, ...measured, http } })
  }
}

/** A request that is beyond a limit. */
export function beyond(setting: string, what: string, measured: number, limit: number): Refusal {
  return new Refusal('QUERY_TOO_COSTLY', `${what} ${measured}; at most ${limit} is allowed. Ask for less at a time.`, {
    measured: { [setting]: measured, limit },
  })
}
