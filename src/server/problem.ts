import type { GraphQLError } from 'graphql'
import type { ParameterMistake } from './http-export.ts'

/** Why a request that is no GraphQL has no result, for people and for programs. */
export interface Problem {
  readonly status: number
  /** What went wrong and what would be right. */
  readonly detail: string
  /** As `extensions.code` of an answer of GraphQL. */
  readonly code: string
  readonly headers?: Readonly<Record<string, string>>
  readonly mistakes?: readonly ParameterMistake[]
  /** Why the result would be incomplete or old. */
  readonly reasons?: readonly string[]
}

const titles: Readonly<Record<number, string>> = {
  400: 'Wrong parameters',
  401: 'Not authenticated',
  403: 'Not allowed',
  405: 'Wrong method',
  429: 'Too many requests',
  500: 'Unexpected error',
  503: 'Not available now',
}

/** Prints a problem as JSON (RFC 9457). It is indented, because people read it in a terminal. */
export function toProblemBody({ status, detail, code, mistakes, reasons }: Problem, requestId: string): string {
  const body = { title: titles[status] ?? 'Error', status, detail, code, mistakes, reasons, requestId }
  return `${JSON.stringify(body, null, 2)}\n`
}

const statuses: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  NOT_CONFIGURED: 400,
  QUERY_TOO_COSTLY: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  OVERLOADED: 503,
  UPSTREAM_TIMEOUT: 503,
}

/** The problem that an error of GraphQL describes. */
export function toProblem({ message, extensions: { code, http } }: GraphQLError): Problem {
  const known = String(code)
  const status = http?.spec ? statuses[known] : (http?.status ?? statuses[known])
  return { status: status ?? 500, detail: message, code: known, headers: http?.headers ?? {} }
}
