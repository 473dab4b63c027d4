import type { InterfaceRef } from '@pothos/core'
import type { ReadCertificate } from '../catalog/certificate.ts'
import { daysUntilExpiry, type ExpiryThresholds, expiryStatus, lifetimeRemaining } from '../catalog/expiry.ts'
import type { Operation } from '../operation.ts'
import type { Place, PlacedCertificate } from '../providers/place.ts'
import type { Builder, Types } from './builder.ts'
import { toDate } from './date.ts'
import type { Enums } from './enums.ts'
import { x509Fields } from './x509-fields.ts'

/** The interface that every vendor's certificate implements. */
export function registerCertificate(
  builder: Builder,
  enums: Enums,
  CertificateScope: InterfaceRef<Types, Place>,
  thresholds: ExpiryThresholds,
): InterfaceRef<Types, ReadCertificate<PlacedCertificate>> {
  const { CertificateProvider, ExpiryStatus } = enums
  const Certificate = builder.interfaceRef<ReadCertificate<PlacedCertificate>>('Certificate')
  Certificate.implement({
    description:
      'A certificate held at a vendor: one node per certificate, not per listing. Its id is made of the vendor’s own ids ' +
      'alone and survives restarts and renamings. Fields that the vendor’s list does not carry cost a call of their own ' +
      'when they are asked for, and are null with an error when it fails.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node` and `certificate`.' }),
      provider: t.field({
        type: CertificateProvider,
        description: 'The vendor that holds it.',
        resolve: ({ provider }) => provider,
      }),
      scope: t.field({
        type: CertificateScope,
        description: 'Where it lives: an OpenAI organization, an Akamai contract or a LivePerson account.',
        resolve: ({ place }) => place,
      }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'OpenAI and LivePerson: the name given there. Akamai: the common name. Null when there is none.',
      }),
      active: t.boolean({
        nullable: true,
        description:
          'Whether it is in force. OpenAI: the organization’s flag. Akamai: true when deployed to production, false when ' +
          'only to staging. LivePerson: true for Available, false for UnAvailable. Null when the vendor does not say.',
        resolve: (certificate, _args, operation) =>
          certificate.active ?? certificate.place.active(operation, certificate),
      }),
      createdAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was uploaded. Null at Akamai and LivePerson, which do not say.',
        resolve: ({ createdAt }) => toDate(createdAt),
      }),
      validFrom: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'Start of its validity. OpenAI: from its list, null when that does not say. Akamai: only when its PEM is asked ' +
          'for in the same selection. LivePerson: null.',
        resolve: async (certificate, _args, operation) => toDate(await startOf(certificate, operation)),
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'End of its validity. Null when the vendor gives no usable date.',
        resolve: ({ expiresAt }) => toDate(expiresAt),
      }),
      expiryStatus: t.field({
        type: ExpiryStatus,
        description: 'How far it is from its end.',
        resolve: (certificate, _args, { now }) => expiryStatus(certificate, now, thresholds),
      }),
      daysUntilExpiry: t.int({
        nullable: true,
        description: 'Whole days left, rounded down; negative once expired; null when the date is not known.',
        resolve: ({ expiresAt }, _args, { now }) => daysUntilExpiry(expiresAt, now),
      }),
      lifetimeRemaining: t.float({
        nullable: true,
        description:
          'Share of its validity that is left: 1 before it begins, 0 once expired. Null when `validFrom` or `expiresAt` is, ' +
          'and when they leave no time between them.',
        resolve: async (certificate, _args, operation) =>
          lifetimeRemaining(await startOf(certificate, operation), certificate.expiresAt, operation.now),
      }),
      ...x509Fields(t, enums),
      asOf: t.field({
        type: 'DateTime',
        description: 'When the vendor was read.',
        resolve: ({ asOf }) => toDate(asOf),
      }),
      stale: t.exposeBoolean('stale', {
        description: 'The last attempt to renew this reading failed or found no budget.',
      }),
      parseIssues: t.exposeStringList('parseIssues', {
        description:
          'What in the vendor’s row could not be understood, or why a filter could not be applied to it, a line each.',
      }),
    }),
  })
  return Certificate
}

/** Where its list does not tell, what is known of the X.509 certificate without a call of its own may. */
async function startOf(certificate: ReadCertificate<PlacedCertificate>, operation: Operation): Promise<number | null> {
  const { place, validFrom, x509 } = certificate
  if (validFrom !== null || x509 === undefined) return validFrom
  return (await place.x509(operation, certificate)).validFrom
}
