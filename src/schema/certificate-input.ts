import type { CertificateOrder, orderDirections, orderFields } from '../catalog/certificate-order.ts'
import type { Builder } from './builder.ts'
import type { Enums } from './enums.ts'

export type CertificateInputs = ReturnType<typeof registerCertificateInputs>

/** The input types of lists of certificates. */
export function registerCertificateInputs(builder: Builder, { CertificateProvider, ExpiryStatus }: Enums) {
  const CertificateOrderField = builder.enumType('CertificateOrderField', {
    description: 'What certificates can be ordered by.',
    values: {
      CREATED_AT: { description: 'When it was uploaded.' },
      EXPIRES_AT: { description: 'When it expires.' },
      NAME: { description: 'Its name, ignoring case, by code units and never by a locale; the first 256 of them.' },
    } satisfies Record<(typeof orderFields)[number], { description: string }>,
  })
  const CertificateOrderDirection = builder.enumType('CertificateOrderDirection', {
    description: 'Which end comes first.',
    values: {
      ASC: { description: 'Earliest, or alphabetically first.' },
      DESC: { description: 'Latest, or alphabetically last.' },
    } satisfies Record<(typeof orderDirections)[number], { description: string }>,
  })
  const CertificateOrder = builder.inputRef<CertificateOrder>('CertificateOrder').implement({
    description:
      'An order of certificates. What has no value to order by comes last in both directions; ties go by id, ascending. ' +
      'A cursor belongs to one order.',
    fields: (t) => ({
      field: t.field({ type: CertificateOrderField, required: true, description: 'What to order by.' }),
      direction: t.field({ type: CertificateOrderDirection, required: true, description: 'Which end comes first.' }),
    }),
  })
  const CertificateFilter = builder.inputType('CertificateFilter', {
    description:
      'Which certificates to list; all conditions must hold. An empty list is refused. A certificate of a vendor that ' +
      'does not have a field never matches a filter on it. A filter on an X.509 field costs one call per OpenAI certificate ' +
      'not parsed before. A certificate that cannot be held against such a filter, or against `expiringUncovered`, stays ' +
      'in, with a parse issue, and `complete` is false.',
    fields: (t) => ({
      providers: t.field({ type: [CertificateProvider], description: 'Only these vendors.' }),
      scopeIds: t.idList({
        description:
          'Only these places, by global id. An OpenAI project adds its own list. NOT_CONFIGURED for a place nobody configured.',
      }),
      active: t.boolean({
        description: 'true leaves out only what is known to be inactive; false keeps only that.',
      }),
      expiryStatuses: t.field({ type: [ExpiryStatus], description: 'Only these expiry statuses.' }),
      expiresBefore: t.field({ type: 'DateTime', description: 'Expires before this moment.' }),
      expiresAfter: t.field({ type: 'DateTime', description: 'Expires after this moment.' }),
      expiresWithin: t.field({ type: 'Duration', description: 'Expires within so long from now, or has expired.' }),
      expiringUncovered: t.field({
        type: 'Duration',
        description:
          'Expires within so long from now, or has expired, and nothing is going to replace it. At Akamai a pending change ' +
          'of type renewal or new-certificate does, and an automatic renewal that is set to start before it expires; the ' +
          'latter costs one call per contract that has a certificate left after all else, and the enrollments of that ' +
          'contract are then one of the `sources`. What has ended is covered by a pending change ' +
          'alone. Nothing is known to replace certificates of the other vendors.',
      }),
      includeUnknownExpiry: t.boolean({
        required: true,
        defaultValue: true,
        description: 'Whether certificates of unknown expiry pass the four filters on it.',
      }),
      includeDeleted: t.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether to list what is softly deleted at LivePerson.',
      }),
      nameContains: t.string({ description: 'Part of the name, ignoring case.' }),
      issuerContains: t.string({
        description: 'Part of the issuer, ignoring case. Costs one call per OpenAI certificate not parsed before.',
      }),
      subjectAltName: t.string({
        description:
          'Equals a subject alternative name, or is covered by a wildcard of one label. Costs one call per OpenAI ' +
          'certificate not parsed before.',
      }),
      serialNumber: t.string({
        description:
          'In any spelling: colons, spaces, 0x, either case. Costs one call per OpenAI certificate not parsed before.',
      }),
      sha256Fingerprint: t.string({
        description: 'In any spelling of its 64 hex digits. Costs one call per OpenAI certificate not parsed before.',
      }),
    }),
  })
  return { CertificateOrder, CertificateFilter }
}
