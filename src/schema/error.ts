import { GraphQLError } from 'graphql'
import { InputError } from '../catalog/error.ts'
import { UpstreamError } from '../upstream/error.ts'

/** What a caller may know of an error, with its code; undefined for a bug, of which the caller learns nothing. */
export function toGraphQLError(error: unknown): GraphQLError | undefined {
  if (error instanceof UpstreamError) {
    return new GraphQLError(error.message, { extensions: { code: error.code, ...error.details } })
  }
  if (error instanceof InputError) {
    return new GraphQLError(error.message, { extensions: { code: error.code, ...error.measured } })
  }
  return undefined
}
