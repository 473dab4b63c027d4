import { isObject } from '../../is-object.ts'
import { UpstreamError, type UpstreamErrorCode } from '../../upstream/error.ts'
import {
  CertificateConflictError,
  CertificateForbiddenError,
  type CertificateMutationError,
  CertificateNotFoundError,
  CertificateUpstreamError,
  toMutationError,
} from './error.ts'

/** The result of a request, as it is stored for its repeats. */
type StoredResult =
  | { readonly result: object }
  | { readonly error: { readonly code: UpstreamErrorCode; readonly message: string } }

/** A longer result is not stored: its repeats read the vendor's list. */
const maxLength = 16_384
/** Stands for the account, which has credentials. */
const account = '$account'

/**
 * Serializes the result of a change. The account is left out.
 * @throws TypeError when the result contains another object of the program
 */
export function serializeResult(result: object, ofAccount: object): string | null {
  return bounded(JSON.stringify({ result: toData(result, ofAccount) }))
}

/** Serializes the error of a change that the vendor rejected for good; null for any other error. */
export function serializeError(error: unknown): string | null {
  return isFinal(error) ? bounded(JSON.stringify({ error: { code: error.code, message: error.message } })) : null
}

/** Returns a stored result. @throws CertificateMutationError when it is an error */
export function restoreResult<Result extends object>(text: string, ofAccount: object): Result {
  const revive = (_key: string, value: unknown) => (isObject(value) && value[account] === true ? ofAccount : value)
  const stored = JSON.parse(text, revive) as StoredResult
  if ('error' in stored) throw toMutationError(new UpstreamError(stored.error.code, stored.error.message))
  return stored.result as Result
}

function bounded(text: string): string | null {
  return text.length > maxLength ? null : text
}

/** A copy that JSON does not change. @throws TypeError when there is none */
function toData(value: unknown, ofAccount: object): unknown {
  if (value === ofAccount) return { [account]: true }
  if (Array.isArray(value)) return value.map((each) => toData(each, ofAccount))
  if (isObject(value) && isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toData(each, ofAccount)]))
  }
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return value
  throw new TypeError('the result of a mutation has more than data')
}

/** By name: in tests, an object may come from another realm. */
function isPlain(value: object): boolean {
  const { name = 'Object' } = value.constructor ?? {}
  return name === 'Object'
}

type FinalError = CertificateMutationError & { readonly code: UpstreamErrorCode }

/**
 * Whether the vendor decided about the change itself. After an error of another kind, such as an outage, a rate limit or a
 * revoked credential, the same request may succeed later.
 */
function isFinal(error: unknown): error is FinalError {
  if (error instanceof CertificateForbiddenError) return error.code === 'UPSTREAM_FORBIDDEN'
  if (error instanceof CertificateUpstreamError) return error.code === 'UPSTREAM_INVALID_REQUEST'
  return error instanceof CertificateConflictError || error instanceof CertificateNotFoundError
}
