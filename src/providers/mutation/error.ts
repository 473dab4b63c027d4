import { InputError } from '../../input-error.ts'
import { UpstreamError, type UpstreamErrorCode } from '../../upstream/error.ts'
import type { Place } from '../place.ts'

/** Why a change was not made, or may not have been made. It is part of the mutation's result; the caller sees the message. */
export abstract class CertificateMutationError extends Error {
  abstract readonly code: string
}

export class CertificateInvalidInputError extends CertificateMutationError {
  readonly code = 'BAD_USER_INPUT'
}

export class CertificateNotFoundError extends CertificateMutationError {
  readonly code = 'UPSTREAM_NOT_FOUND'
}

export class CertificateForbiddenError extends CertificateMutationError {
  readonly code: 'FORBIDDEN' | 'UPSTREAM_FORBIDDEN'

  constructor(message: string, code: CertificateForbiddenError['code']) {
    super(message)
    this.code = code
  }
}

export class CertificateConflictError extends CertificateMutationError {
  readonly code = 'UPSTREAM_CONFLICT'
  /** Where the certificate is active, if that is the conflict. */
  readonly activeIn: readonly Place[]

  constructor(message: string, activeIn: readonly Place[] = []) {
    super(message)
    this.activeIn = activeIn
  }
}

export class CertificateRateLimitedError extends CertificateMutationError {
  readonly code = 'UPSTREAM_RATE_LIMITED'
  readonly retryAfterSeconds: number | null

  constructor(message: string, retryAfterSeconds: number | null) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export class CertificateLastActiveError extends CertificateMutationError {
  readonly code = 'LAST_ACTIVE_CERTIFICATE'
}

export class CertificateOutcomeUnknownError extends CertificateMutationError {
  readonly code = 'OUTCOME_UNKNOWN'
}

export class CertificateUpstreamError extends CertificateMutationError {
  readonly code: UpstreamErrorCode
  /** Whether the vendor has surely not looked at the change. */
  readonly isUntouched: boolean

  constructor(message: string, code: UpstreamErrorCode, isUntouched = code === 'UPSTREAM_UNAUTHENTICATED') {
    super(message)
    this.code = code
    this.isUntouched = isUntouched
  }
}

export const mutationErrors = [
  CertificateInvalidInputError,
  CertificateNotFoundError,
  CertificateForbiddenError,
  CertificateConflictError,
  CertificateRateLimitedError,
  CertificateLastActiveError,
  CertificateOutcomeUnknownError,
  CertificateUpstreamError,
]

/** The error as part of a mutation's result. Any error that is not listed here is a bug and stays as it is. */
export function toMutationError(error: unknown): unknown {
  if (error instanceof InputError) {
    return error.code === 'FORBIDDEN'
      ? new CertificateForbiddenError(error.message, error.code)
      : new CertificateInvalidInputError(error.message)
  }
  if (!(error instanceof UpstreamError)) return error
  const { code, message, details } = error
  switch (code) {
    case 'UPSTREAM_NOT_FOUND':
      return new CertificateNotFoundError(message)
    case 'UPSTREAM_FORBIDDEN':
      return new CertificateForbiddenError(message, code)
    case 'UPSTREAM_CONFLICT':
      return new CertificateConflictError(message)
    case 'UPSTREAM_RATE_LIMITED':
      return new CertificateRateLimitedError(message, details.retryAfterSeconds ?? null)
  }
  return new CertificateUpstreamError(message, code)
}
