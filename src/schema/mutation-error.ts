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
} from '../providers/mutation-error.ts'
import type { Place } from '../providers/place.ts'
import type { Builder, Types } from './builder.ts'

/** The reasons for which a change was not made, as members of its result. */
export function registerMutationErrors(builder: Builder, CertificateScope: InterfaceRef<Types, Place>): void {
  const MutationError = builder.interfaceRef<CertificateMutationError>('CertificateMutationError').implement({
    description: 'Why a change was not made, or may not have been.',
    fields: (t) => ({
      message: t.exposeString('message', { description: 'For a person: what was wrong, and what would be right.' }),
      code: t.exposeString('code', { description: 'For a program; each type says which.' }),
    }),
  })
  const interfaces = [MutationError]

  builder.objectType(CertificateInvalidInputError, {
    name: 'CertificateInvalidInputError',
    description: 'BAD_USER_INPUT: the input cannot be right. No call was made.',
    interfaces,
  })
  builder.objectType(CertificateNotFoundError, {
    name: 'CertificateNotFoundError',
    description: 'UPSTREAM_NOT_FOUND: the vendor has no such certificate, or no such project.',
    interfaces,
  })
  builder.objectType(CertificateForbiddenError, {
    name: 'CertificateForbiddenError',
    description: 'FORBIDDEN: not allowed here, and no call was made. UPSTREAM_FORBIDDEN: the vendor does not allow it.',
    interfaces,
  })
  builder.objectType(CertificateConflictError, {
    name: 'CertificateConflictError',
    description: 'UPSTREAM_CONFLICT: something is in the way, such as that the certificate is in force.',
    interfaces,
    fields: (t) => ({
      activeIn: t.field({
        type: [CertificateScope],
        description: 'Where the certificate is in force, if that is in the way; else empty.',
        resolve: ({ activeIn }) => activeIn,
      }),
    }),
  })
  builder.objectType(CertificateRateLimitedError, {
    name: 'CertificateRateLimitedError',
    description: 'UPSTREAM_RATE_LIMITED: the vendor asks for patience. Nothing was changed.',
    interfaces,
    fields: (t) => ({
      retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
        nullable: true,
        description: 'Seconds until it is worth trying again; null when nobody said.',
      }),
    }),
  })
  builder.objectType(CertificateLastActiveError, {
    name: 'CertificateLastActiveError',
    description:
      'LAST_ACTIVE_CERTIFICATE: an organization or project would have no active certificate left, or it cannot be known ' +
      'whether it would. `force: true` does it all the same.',
    interfaces,
  })
  builder.objectType(CertificateOutcomeUnknownError, {
    name: 'CertificateOutcomeUnknownError',
    description:
      'OUTCOME_UNKNOWN: the vendor’s answer was lost, and its lists do not show whether the change was made. Look before you ' +
      'make it again.',
    interfaces,
  })
  builder.objectType(CertificateUpstreamError, {
    name: 'CertificateUpstreamError',
    description: 'Any other failure at the vendor, by the code that an error about it would have: `UPSTREAM_…`.',
    interfaces,
  })
}
