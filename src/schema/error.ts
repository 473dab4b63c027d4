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
  return undefined
}

function toCodedError({ code, message }: UpstreamError | InputError, details: object): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details } })
}
