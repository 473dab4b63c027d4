import type { ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateCounts, Count } from '../catalog/statistics.ts'
import type { CertificateWeakness } from '../catalog/weakness.ts'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { describeCompleteness } from './completeness.ts'
import { prices } from './cost/prices.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'
import type { SearchReport } from './search/find-certificates.ts'
import { registerCounts, type StatisticsTypes } from './statistics-counts.ts'

type CountsByPlace = readonly Count<PlacedCertificate['place']>[]

/** Counts of certificates, with the report on every place that was read. */
export interface CertificateStatistics extends Omit<CertificateCounts<PlacedCertificate>, 'byPlace' | 'duplicates'> {
  byPlace(): CountsByPlace | Promise<CountsByPlace>
  byOwner(): Promise<readonly Count<CertificateOwner | null>[]>
  duplicates(): Promise<readonly Duplicate[]>
  byWeakness(): Promise<readonly Count<CertificateWeakness | null>[]>
  readonly report: SearchReport
  readonly incompleteReasons: readonly string[]
}

/** A certificate in the lists of several places. */
export interface Duplicate {
  readonly sha256Fingerprint: string
  readonly certificates: readonly ReadCertificate<PlacedCertificate>[]
}

/** The type CertificateStatistics and the types of its fields. */
export function registerStatisticsType(
  kit: SchemaKit,
  types: StatisticsTypes,
  { CertificateSource }: ReturnType<typeof registerPlace>,
) {
  const { builder, Certificate } = kit
  const counts = registerCounts(kit, types)
  const DuplicateCertificate = builder.objectRef<Duplicate>('DuplicateCertificate')
  DuplicateCertificate.implement({
    description: 'A certificate that several places hold.',
    fields: (t) => ({
      sha256Fingerprint: t.exposeString('sha256Fingerprint', {
        description: 'SHA-256 of the DER form: 64 lower-case hex digits.',
      }),
      certificates: t.field({
        ...prices.copies,
        type: [Certificate],
        description: 'The certificate in each place: two or more, ordered by place.',
        resolve: ({ certificates }) => certificates,
      }),
    }),
  })
  const Statistics = builder.objectRef<CertificateStatistics>('CertificateStatistics')
  Statistics.implement({
    description:
      'Counts of certificates. Each grouping contains only keys that occur and adds up to `total`, except `byExpiryMonth` and `byWeakness`.',
    fields: (t) => ({
      total: t.exposeInt('total', {
        description: 'Number of certificates. One that several places of `filter.placeIds` contain counts once.',
      }),
      byProvider: t.field({
        type: [counts.byProvider],
        description: 'By vendor, alphabetically.',
        resolve: ({ byProvider }) => byProvider,
      }),
      byExpiryStatus: t.field({
        type: [counts.byExpiryStatus],
        description: 'By expiry status, alphabetically.',
        resolve: ({ byExpiryStatus }) => byExpiryStatus,
      }),
      byPlace: t.field({
        ...prices.eachPlace,
        type: [counts.byPlace],
        description: 'By the `place` of the certificates, in the order of `Query.certificatePlaces`.',
        resolve: ({ byPlace }) => byPlace(),
      }),
      byOwner: t.field({
        ...prices.eachPlace,
        type: [counts.byOwner],
        description: 'By the name of the owner, alphabetically, without an owner last. Makes no call.',
        resolve: ({ byOwner }) => byOwner(),
      }),
      byKeyAlgorithm: t.field({
        type: [counts.byKeyAlgorithm],
        description: 'By key algorithm, alphabetically, unknown last. Known only if the vendor’s list contains it.',
        resolve: ({ byKeyAlgorithm }) => byKeyAlgorithm,
      }),
      byWeakness: t.field({
        ...prices.everyCertificate,
        type: [counts.byWeakness],
        description:
          'By weakness, alphabetically, without a verdict last. A certificate with several weaknesses counts for each, one ' +
          'without any for none. Costs one call per certificate that is not parsed yet.',
        resolve: ({ byWeakness }) => byWeakness(),
      }),
      byExpiryMonth: t.field({
        ...prices.listOf(24),
        type: [counts.byExpiryMonth],
        description:
          'By month of `expiresAt` in UTC: the 24 months that begin with the current one, in order, empty ones included. ' +
          'Other months and unknown expiry are not counted.',
        resolve: ({ byExpiryMonth }) => byExpiryMonth,
      }),
      duplicates: t.field({
        ...prices.duplicates,
        type: [DuplicateCertificate],
        description:
          'Certificates that pass the filter and are in the lists of two or more places, ordered by fingerprint. Found only ' +
          'if the vendor’s list contains the fingerprint.',
        resolve: ({ duplicates }) => duplicates(),
      }),
      sources: t.field({
        ...prices.sources,
        type: [CertificateSource],
        description: 'A report on each place and discovery, as in CertificateConnection.',
        resolve: ({ report }) => report.sources,
      }),
      ...describeCompleteness(
        t,
        'Whether no source failed, no row was lost and every certificate could be tested against the filter. Certificates ' +
          'of failed sources are not counted.',
      ),
      fresh: t.boolean({
        description: 'Whether no source is STALE.',
        resolve: ({ report }) => report.fresh,
      }),
    }),
  })
  return Statistics
}
