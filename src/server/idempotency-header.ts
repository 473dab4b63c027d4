import { findKeyProblem, idempotencyKeyExpected } from '../idempotency-key.ts'
import { RequestError } from './request-error.ts'

export const idempotencyHeader = 'idempotency-key'

/** A string of Structured Fields (RFC 8941, 3.3.3): a quote and a backslash in it are escaped. */
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/
/** The same key without quotes. Commas separate the values of a repeated header, and semicolons precede parameters. */
const bare = /^[!#-+\--:<-[\]-~]+$/

/**
 * Parses the header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a quoted string, or the same without
 * quotes.
 * @throws RequestError when it is neither, or no idempotency key
 */
export function parseIdempotencyKey(header: string): string {
  const [, content] = quoted.exec(header) ?? []
  const key = content === undefined && bare.test(header) ? header : content?.replace(/\\(.)/g, '$1')
  if (key !== undefined && findKeyProblem(key) === null) return key
  throw new RequestError(
    'BAD_USER_INPUT',
    `The header Idempotency-Key is invalid; expected one string of ${idempotencyKeyExpected} in double quotes, such as ` +
      '"8e03978e-40d5-43dd-bc93-6894a57f9324".',
  )
}
