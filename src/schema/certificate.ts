import type { InterfaceRef, ObjectRef } from '@pothos/core'
import type { ReadCertificate } from '../catalog/certificate.ts'
import {
  daysUntilExpiry,
  type ExpiryRules,
  expiryDays,
  expiryStatus,
  lifetimeRemaining,
  statusChanges,
} from '../catalog/expiry.ts'
import type { Operation } from '../operation.ts'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { OwnerRules } from '../owners/owner-rules.ts'
import type { Place, PlacedCertificate } from '../providers/place.ts'
import type { Builder, Types } from './builder.ts'
import { prices } from './cost/prices.ts'
import type { Enums } from './enums.ts'
import { toDateTime } from './scalars.ts'
import { x509Fields, x509Value } from './x509-fields.ts'

/** What the configuration says of certificates. */
interface CertificateRules {
  readonly thresholds: ExpiryRules
  readonly owners: OwnerRules
  readonly CertificateOwner: ObjectRef<Types, CertificateOwner>
}

/** The interface that every vendor's certificate implements. */
export function registerCertificate(
  builder: Builder,
  enums: Enums,
  CertificatePlace: InterfaceRef<Types, Place>,
  { thresholds, owners, CertificateOwner }: CertificateRules,
): InterfaceRef<Types, ReadCertificate<PlacedCertificate>> {
  const { CertificateProvider, ExpiryStatus } = enums
  const Certificate = builder.interfaceRef<ReadCertificate<PlacedCertificate>>('Certificate')
  Certificate.implement({
    description:
      'A certificate at a vendor. It is one object, however many lists contain it; its id is made of the vendor’s ids and ' +
      'survives restarts and renames. A field that is not in the vendor’s list costs a call when it is selected, and is ' +
      'null with an error when that call fails. An X.509 field is null where the vendor does not return the certificate, or ' +
      '`x509Issues` names its part. The types of the vendors describe where their values come from.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node` and `certificate`.' }),
      provider: t.field({
        type: CertificateProvider,
        constant: true,
        description: 'The vendor.',
        resolve: ({ provider }) => provider,
      }),
      place: t.field({
        type: CertificatePlace,
        constant: true,
        description: 'The place that holds it: an organization, a contract or an account.',
        resolve: ({ place }) => place,
      }),
      name: t.exposeString('name', { nullable: true, description: 'The name at the vendor. Null if there is none.' }),
      active: t.boolean({
        nullable: true,
        constant: ({ active }) => active !== undefined,
        dependsOn: ({ place }) => place,
        description: 'Whether it is in force. Null when the vendor does not report it.',
        resolve: (certificate, _args, operation) =>
          certificate.active === undefined ? certificate.place.active(operation, certificate) : certificate.active,
      }),
      createdAt: t.field({
        type: 'DateTime',
        nullable: true,
        constant: true,
        description: 'When it was uploaded. Null when the vendor does not report it.',
        resolve: ({ createdAt }) => toDateTime(createdAt),
      }),
      validFrom: t.field({
        type: 'DateTime',
        nullable: true,
        constant: ({ validFrom }) => validFrom !== undefined,
        ...prices.certificate,
        description: 'Start of the validity. Null when the vendor does not report it.',
        resolve: (certificate, _args, operation) => whenKnown(startOf(certificate, operation), toDateTime),
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        constant: true,
        description: 'End of the validity. Null when the vendor reports no valid date.',
        resolve: ({ expiresAt }) => toDateTime(expiresAt),
      }),
      expiryStatus: t.field({
        type: ExpiryStatus,
        description: 'How close it is to its expiry.',
        changesAt: (certificate) => statusChanges(certificate, thresholds),
        resolve: (certificate, _args, { now }) => expiryStatus(certificate, now, thresholds),
      }),
      daysUntilExpiry: t.int({
        nullable: true,
        description: 'Whole days until `expiresAt`, rounded down; negative after it. Null when `expiresAt` is null.',
        changesAt: ({ expiresAt }, now) => expiryDays(expiresAt, now),
        resolve: ({ expiresAt }, _args, { now }) => daysUntilExpiry(expiresAt, now),
      }),
      lifetimeRemaining: t.float({
        ...prices.certificate,
        nullable: true,
        description:
          'Share of the validity that is left: 1 before it starts, 0 after it ends. Null when `validFrom` or `expiresAt` ' +
          'is null, or `validFrom` is not before `expiresAt`.',
        resolve: (certificate, _args, operation) =>
          whenKnown(startOf(certificate, operation), (validFrom) =>
            lifetimeRemaining(validFrom, certificate.expiresAt, operation.now),
          ),
      }),
      ...x509Fields(t, enums),
      owner: t.field({
        type: CertificateOwner,
        nullable: true,
        constant: true,
        description:
          'The owner that the rules in the configuration assign. They look at the vendor, the place, the name and the ' +
          'subject alternative names in the vendor’s list, and make no call. Null when no rule matches.',
        resolve: (certificate) => owners.ownerOf(certificate),
      }),
      asOf: t.field({
        type: 'DateTime',
        constant: true,
        description: 'When it was read from the vendor.',
        resolve: ({ asOf }) => toDateTime(asOf),
      }),
      stale: t.exposeBoolean('stale', {
        description: 'Whether the last attempt to read it again failed or was stopped by the rate limit.',
      }),
      parseIssues: t.exposeStringList('parseIssues', {
        description: 'What could not be parsed in the vendor’s row, and which filters could not be applied to it.',
      }),
    }),
  })
  return Certificate
}

function startOf(
  certificate: ReadCertificate<PlacedCertificate>,
  operation: Operation,
): number | null | Promise<number | null> {
  const { validFrom } = certificate
  return validFrom === undefined ? x509Value(certificate, 'validFrom', operation) : validFrom
}

/** Converts a value now, or when it is known: a promise per field and row would take most of the time of a page. */
function whenKnown<Value, Result>(value: Value | Promise<Value>, convert: (value: Value) => Result) {
  return value instanceof Promise ? value.then(convert) : convert(value)
}
