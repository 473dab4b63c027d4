import type { InterfaceRef } from '@pothos/core'
import {
  CertificateConflictError,
  CertificateForbiddenError,
  CertificateInvalidInputError,
  CertificateLastActiveError,
  type CertificateMutationError,
  CertificateNotFoundError,
  CertificateOutcomeUnknownError,
  CertificateRateLimitedError,
  CertificateUpstreamError,
} from '../providers/mutation/error.ts'
import type { Place } from '../providers/place.ts'
import type { Builder, Types } from './builder.ts'

/** The errors that a mutation returns as data: members of its result union. */
export function registerMutationErrors(builder: Builder, CertificatePlace: InterfaceRef<Types, Place>): void {
  const MutationError = builder.interfaceRef<CertificateMutationError>('CertificateMutationError').implement({
    description: 'Why a change was not made, or may not have been made.',
    fields: (t) => ({
      message: t.exposeString('message', { description: 'What is wrong and what is expected, for people.' }),
      code: t.exposeString('code', { description: 'The error code, for programs. Each type lists its codes.' }),
    }),
  })
  const interfaces = [MutationError]

  builder.objectType(CertificateInvalidInputError, {
    name: 'CertificateInvalidInputError',
    description: 'BAD_USER_INPUT: the input is not valid. No change was sent.',
    interfaces,
  })
  builder.objectType(CertificateNotFoundError, {
    name: 'CertificateNotFoundError',
    description: 'UPSTREAM_NOT_FOUND: the certificate or the place does not exist at the vendor.',
    interfaces,
  })
  builder.objectType(CertificateForbiddenError, {
    name: 'CertificateForbiddenError',
    description:
      'FORBIDDEN: this API does not allow the change; no change was sent. UPSTREAM_FORBIDDEN: the vendor does not allow it.',
    interfaces,
  })
  builder.objectType(CertificateConflictError, {
    name: 'CertificateConflictError',
    description:
      'UPSTREAM_CONFLICT: the present state does not allow the change. For example, the certificate is active.',
    interfaces,
    fields: (t) => ({
      activeIn: t.field({
        type: [CertificatePlace],
        description: 'Where the certificate is active, if that is the conflict; otherwise empty.',
        resolve: ({ activeIn }) => activeIn,
      }),
    }),
  })
  builder.objectType(CertificateRateLimitedError, {
    name: 'CertificateRateLimitedError',
    description: 'UPSTREAM_RATE_LIMITED: the rate limit of the vendor is reached. Nothing was changed.',
    interfaces,
    fields: (t) => ({
      retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
        nullable: true,
        description: 'Seconds to wait before the next attempt; null if not known.',
      }),
    }),
  })
  builder.objectType(CertificateLastActiveError, {
    name: 'CertificateLastActiveError',
    description:
      'LAST_ACTIVE_CERTIFICATE: the place would have no active certificate left, or it is not known whether it would. ' +
      '`force: true` makes the change anyway.',
    interfaces,
  })
  builder.objectType(CertificateOutcomeUnknownError, {
    name: 'CertificateOutcomeUnknownError',
    description:
      'OUTCOME_UNKNOWN: the response of the vendor was lost, and its lists do not show whether the change was made. Check ' +
      'before you repeat it, or repeat it with the same idempotency key.',
    interfaces,
  })
  builder.objectType(CertificateUpstreamError, {
    name: 'CertificateUpstreamError',
    description: 'Any other failure of the vendor. The code is an `UPSTREAM_…` code, as in `extensions.code`.',
    interfaces,
  })
}
