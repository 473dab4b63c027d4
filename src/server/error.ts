import { GraphQLError, type GraphQLErrorExtensions, Kind } from 'graphql'
import { RequestError } from './request-error.ts'

export type ToGraphQLError = (error: unknown) => GraphQLError | undefined

/** The codes of Yoga that have another name in this API. */
const apiCodes: Readonly<Record<string, string>> = {
  BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
}

/**
 * Converts any error to the one that the client receives: with a code, and masked when it is unexpected. An error without
 * a code is masked even when it is a GraphQLError: those about a resolver's value, such as a date that a scalar cannot
 * print, quote that value.
 */
export function toClientError(error: unknown, toGraphQLError: ToGraphQLError): GraphQLError {
  if (error instanceof RequestError) return error
  if (error instanceof GraphQLError && isAboutRequest(error)) return toRequestError(error)

  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error
  const located = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path } : {}
  const known = isCoded(cause) ? cause : (toGraphQLError(cause) ?? toTimeout(cause))
  if (known) return new GraphQLError(known.message, { ...located, extensions: known.extensions })

  const originalError = cause instanceof Error ? cause : new Error('A value that is no Error was thrown.', { cause })
  const extensions = { code: 'INTERNAL_SERVER_ERROR' }
  return new GraphQLError('Unexpected error.', { ...located, extensions, originalError })
}

/** Returns the unexpected error behind a masked one. */
export function toUnexpected({ extensions: { code }, originalError }: GraphQLError): Error | undefined {
  return code === 'INTERNAL_SERVER_ERROR' ? originalError : undefined
}

/** Copies an error with other extensions. Yoga caches the errors of invalid documents, so they are never modified. */
export function withExtensions(
  error: GraphQLError,
  extensions: GraphQLErrorExtensions,
  message = error.message,
): GraphQLError {
  const { nodes = null, source, positions, path, originalError } = error
  return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions })
}

/** True for an error raised before any resolver ran: it has no path, or its nodes are arguments and not fields. */
function isAboutRequest({ path, nodes }: GraphQLError): boolean {
  return path === undefined || nodes?.every(({ kind }) => kind !== Kind.FIELD) === true
}

/** A well-formed request with an invalid document has status 200 for `application/json` (GraphQL over HTTP, 6.4.1). */
function toRequestError(error: GraphQLError): GraphQLError {
  const { code, http = error.path ? undefined : { status: 400 } } = error.extensions
  const httpOfSpec = http?.status === 400 && code !== 'BAD_REQUEST' ? { ...http, spec: true } : http
  return withExtensions(error, { code: toApiCode(code), ...(httpOfSpec && { http: httpOfSpec }) })
}

function toApiCode(code: unknown): string {
  return typeof code === 'string' ? (apiCodes[code] ?? code) : 'BAD_USER_INPUT'
}

function isCoded(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false
  const { code } = error.extensions
  return typeof code === 'string'
}

function toTimeout(error: unknown): GraphQLError | undefined {
  if (!(error instanceof Error && error.name === 'TimeoutError')) return undefined
  return new GraphQLError('The deadline of the operation passed.', { extensions: { code: 'UPSTREAM_TIMEOUT' } })
}
