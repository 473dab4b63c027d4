import type { CertificateOrder, orderDirections, orderFields } from '../catalog/certificate-list.ts'
import { type VendorDescription, withNotes } from '../providers/vendor-description.ts'
import type { Builder } from './builder.ts'
import type { Enums } from './enums.ts'

export type CertificateInputs = ReturnType<typeof registerCertificateInputs>

/** The input types of `Query.certificates` and of vendors' lists. */
export function registerCertificateInputs(
  builder: Builder,
  { CertificateProvider, CertificateWeakness, ExpiryStatus }: Enums,
  vendors: readonly VendorDescription[],
) {
  const CertificateOrderField = builder.enumType('CertificateOrderField', {
    description: 'A field to order certificates by.',
    values: {
      CREATED_AT: { description: 'The upload time.' },
      EXPIRES_AT: { description: 'The end of the validity.' },
      NAME: { description: 'The name, ignoring case: the first 256 UTF-16 code units, independent of the locale.' },
      PLACE: { description: 'The place: by vendor, then kind of place, then `vendorId`.' },
    } satisfies Record<(typeof orderFields)[number], { description: string }>,
  })
  const CertificateOrderDirection = builder.enumType('CertificateOrderDirection', {
    description: 'The direction of an order.',
    values: {
      ASC: { description: 'Earliest or alphabetically first.' },
      DESC: { description: 'Latest or alphabetically last.' },
    } satisfies Record<(typeof orderDirections)[number], { description: string }>,
  })
  const CertificateOrder = builder.inputRef<CertificateOrder>('CertificateOrder').implement({
    description:
      'An order of certificates. Those without a value come last in both directions, and equal values are ordered by id. ' +
      'A cursor is valid only for the order it was returned for.',
    fields: (t) => ({
      field: t.field({ type: CertificateOrderField, required: true, description: 'The field to order by.' }),
      direction: t.field({ type: CertificateOrderDirection, required: true, description: 'The direction.' }),
    }),
  })
  const CertificateFilter = builder.inputType('CertificateFilter', {
    description:
      'Conditions on certificates, all of which must hold. An empty text is ignored; an empty list, and a text of more than 256 characters, is ' +
      'an error. A condition on a text, list or flag other than `active` that a vendor does not have excludes its certificates. The conditions on X.509 fields (`issuerContains`, `subjectAltName`, ' +
      '`serialNumber`, `sha256Fingerprint`, `weaknesses`) cost one call per certificate that is not parsed yet, for vendors whose list ' +
      'does not contain these fields. A certificate that cannot be tested is returned with a parse issue, and `complete` ' +
      'is false.',
    fields: (t) => ({
      providers: t.field({ type: [CertificateProvider], description: 'Only these vendors.' }),
      placeIds: t.idList({
        description:
          'Only these places, by `id` or `vendorId`. NOT_CONFIGURED for a place that is not configured or discovered; ' +
          'BAD_USER_INPUT for a `vendorId` that two places have. Not allowed in the list of a place.',
      }),
      active: t.boolean({
        description: 'true excludes certificates known to be inactive; false returns only those.',
      }),
      expiryStatuses: t.field({ type: [ExpiryStatus], description: 'Only these expiry statuses.' }),
      expiresBefore: t.field({ type: 'DateTime', description: 'Expires before this time.' }),
      expiresAfter: t.field({ type: 'DateTime', description: 'Expires after this time.' }),
      expiresWithin: t.field({
        type: 'Duration',
        description: 'Expires within this time from now, has expired, or has no expiry date.',
      }),
      expiringUncovered: t.field({
        type: 'Duration',
        description: withNotes(
          'Expires within this time from now, has expired, or has no expiry date, and no replacement is known. What is read to find ' +
            'replacements is among the `sources`.',
          vendors,
          'expiringUncovered',
        ),
      }),
      excludeUnknownExpiry: t.boolean({
        defaultValue: false,
        description:
          'Whether `expiresBefore`, `expiresAfter`, `expiresWithin` and `expiringUncovered` exclude certificates of ' +
          'unknown expiry.',
      }),
      includeDeleted: t.boolean({
        defaultValue: false,
        description: withNotes('Whether to return certificates that are soft-deleted.', vendors, 'includeDeleted'),
      }),
      search: t.string({
        description:
          'Part of the name or of a subject alternative name, ignoring case, as the vendor’s list contains them: makes no call.',
      }),
      owners: t.stringList({
        description:
          'Only these owners, by their exact names; with `unowned: true` also certificates without an owner. Costs no call. ' +
          'BAD_USER_INPUT for a name that no rule of the configuration assigns. For a caller who is limited to places, such ' +
          'a name matches nothing.',
      }),
      unowned: t.boolean({
        description:
          'Without `owners`, true returns only the certificates without an owner, and false only those with one. With ' +
          '`owners`, false adds nothing. It is ignored while no owners are configured.',
      }),
      weaknesses: t.field({
        type: [CertificateWeakness],
        description: 'Has at least one of these weaknesses. Costs what the field `weaknesses` costs.',
      }),
      nameContains: t.string({ description: 'Part of the name, ignoring case.' }),
      issuerContains: t.string({ description: 'Part of the issuer, ignoring case.' }),
      subjectAltName: t.string({
        description: 'A subject alternative name, also one covered by a wildcard of one label.',
      }),
      serialNumber: t.string({
        description:
          'Hex digits in either case, also with a leading `-`; colons, spaces and 0x are ignored. If none matches, a decimal ' +
          'number.',
      }),
      sha256Fingerprint: t.string({ description: '64 hex digits. Colons, spaces and a leading 0x are ignored.' }),
    }),
  })
  return { CertificateOrder, CertificateFilter }
}

export type ListArguments = ReturnType<typeof describeListArguments>

/** The arguments of every list of certificates, besides those of its pages. */
export function describeListArguments({ CertificateFilter, CertificateOrder }: CertificateInputs) {
  return {
    filter: { type: CertificateFilter, description: 'Default: all certificates.' },
    orderBy: { type: CertificateOrder, description: 'Default: soonest expiry first.' },
    maxStaleness: { type: 'Duration', description: 'Maximum age of the data, as in `Query.certificates`.' },
  } as const
}
