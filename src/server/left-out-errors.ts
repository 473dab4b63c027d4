import type { ExecutionResult, GraphQLError } from 'graphql'
import { RequestError } from './request-error.ts'

/** Each error is converted, redacted and printed, in one iteration of the event loop. */
const maxErrors = 200

/**
 * Leaves out errors beyond the limit: a few kB of a query can have 100,000 of them. Their fields remain null. The first
 * error with each message is kept, and a last one has the number of all.
 */
export function withoutFurtherErrors(result: ExecutionResult): ExecutionResult {
  const { errors = [] } = result
  if (errors.length <= maxErrors) return result
  return { ...result, errors: [...selectErrors(errors), toLast(errors.length)] }
}

/** In their order. */
function selectErrors(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const byMessage = new Map<string, GraphQLError>()
  for (const error of errors) {
    if (byMessage.size === maxErrors) break
    if (!byMessage.has(error.message)) byMessage.set(error.message, error)
  }
  const selected = new Set(byMessage.values())
  for (const error of errors) {
    if (selected.size === maxErrors) break
    selected.add(error)
  }
  return errors.filter((error) => selected.has(error))
}

function toLast(count: number): RequestError {
  const message =
    `${count - maxErrors} more errors are left out, and the fields that they are about are null; ` +
    'select fewer rows or fields to get every error.'
  return new RequestError('TOO_MANY_ERRORS', message, { status: 200, measured: { errors: count, limit: maxErrors } })
}
