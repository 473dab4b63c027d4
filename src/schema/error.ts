import { GraphQLError } from 'graphql'
import { InputError } from '../input-error.ts'
import { UpstreamError } from '../upstream/error.ts'

/** What a caller may know of an error, with its code; undefined for a bug, of which the caller learns nothing. */
export function toGraphQLError(error: unknown): GraphQLError | undefined {
  if (error instanceof UpstreamError) {
    const { place, ...details } = error.details
    // Version 1 of the public schema calls a place a scope.
    return new GraphQLError(error.message, {
      extensions: { code: error.code, ...details, ...(place !== undefined && { scope: place }) },
    })
  }
  if (error instanceof InputError) {
    return new GraphQLError(error.message, { extensions: { code: error.code, ...error.measured } })
  }
  return undefined
}
