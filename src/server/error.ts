import { GraphQLError, type GraphQLErrorExtensions, Kind } from 'graphql'
import { RequestError } from './request-error.ts'

export type ToGraphQLError = (error: unknown) => GraphQLError | undefined

/** Yoga's own codes in the words of this API. */
const CODES: Readonly<Record<string, string>> = {
  BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
}

/**
 * Any error as the caller may see it: with a code, and masked where nobody foresaw it. GraphQL's own errors about a
 * resolver's value (a date no scalar can print) quote that value, so an error without a code is never passed on only
 * because it is a GraphQLError.
 */
export function toAnswerError(error: unknown, toGraphQLError: ToGraphQLError): GraphQLError {
  if (error instanceof RequestError) return error
  if (error instanceof GraphQLError && isAboutRequest(error)) return toRequestError(error)

  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error
  const located = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path } : {}
  const known = isCoded(cause) ? cause : (toGraphQLError(cause) ?? toTimeout(cause))
  if (known) return new GraphQLError(known.message, { ...located, extensions: known.extensions })

  const originalError = cause instanceof Error ? cause : new Error('Not an error was thrown.', { cause })
  const extensions = { code: 'INTERNAL_SERVER_ERROR' }
  return new GraphQLError('Unexpected error.', { ...located, extensions, originalError })
}

/** The error nobody foresaw behind a masked one. */
export function toUnexpected({ extensions: { code }, originalError }: GraphQLError): Error | undefined {
  return code === 'INTERNAL_SERVER_ERROR' ? originalError : undefined
}

/** The same error with other extensions. Yoga keeps the errors of documents it has seen: they are never changed. */
export function withExtensions(
  error: GraphQLError,
  extensions: GraphQLErrorExtensions,
  message = error.message,
): GraphQLError {
  const { nodes = null, source, positions, path, originalError } = error
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions })
}

/** Raised before a resolver ran: it has no path, or points at an argument instead of a field. */
function isAboutRequest({ path, nodes }: GraphQLError): boolean {
  return path === undefined || nodes?.every(({ kind }) => kind !== Kind.FIELD) === true
}

/** A request that can be read and is wrong has 200 where JSON is all a client knows (GraphQL over HTTP, 6.4.1). */
function toRequestError(error: GraphQLError): GraphQLError {
  const { code, http = error.path ? undefined : { status: 400 } } = error.extensions
  const answered = http?.status === 400 && code !== 'BAD_REQUEST' ? { ...http, spec: true } : http
  return withExtensions(error, { code: toOwnCode(code), ...(answered && { http: answered }) })
}

function toOwnCode(code: unknown): string {
  return typeof code === 'string' ? (CODES[code] ?? code) : 'BAD_USER_INPUT'
}

function isCoded(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false
  const { code } = error.extensions
  return typeof code === 'string'
}

function toTimeout(error: unknown): GraphQLError | undefined {
  if (!(error instanceof Error && error.name === 'TimeoutError')) return undefined
  return new GraphQLError('The operation ran out of time.', { extensions: { code: 'UPSTREAM_TIMEOUT' } })
}
