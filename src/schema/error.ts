import { GraphQLError } from 'graphql'
import { InputError } from '../input-error.ts'
import { UpstreamError } from '../upstream/error.ts'

/** The error to return to the caller, with its code; undefined for a bug, whose message is not returned. */
export function toGraphQLError(error: unknown): GraphQLError | undefined {
  if (error instanceof UpstreamError) return toCodedError(error, { ...error.details })
  if (error instanceof InputError) {
    const { measured, ...details } = error.details
    return toCodedError(error, { ...details, ...measured })
  }
  if (isEndOfOperation(error)) return new GraphQLError(endMessage, { extensions: { code: 'OVERLOADED' } })
  return undefined
}

const endMessage = 'The operation was not finished before its deadline; retry in a moment, or select less.'

/** The reason of an operation's signal, when it ends while it waits for a slice of time. */
function isEndOfOperation(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')
}

function toCodedError({ code, message }: UpstreamError | InputError, details: object): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details } })
}
