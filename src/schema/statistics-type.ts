import type { ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateCounts } from '../catalog/statistics.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { Source } from '../providers/source.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'
import { registerCounts } from './statistics-counts.ts'

/** Numbers of certificates, with the report on every place that was asked. */
export interface CertificateStatistics extends Omit<CertificateCounts<PlacedCertificate>, 'duplicates'> {
  readonly duplicates: readonly Duplicate[]
  readonly sources: readonly Source[]
  readonly complete: boolean
}

interface Duplicate {
  readonly sha256Fingerprint: string
  readonly certificates: readonly ReadCertificate<PlacedCertificate>[]
}

/** CertificateStatistics, and what it is made of. */
export function registerStatisticsType(
  kit: SchemaKit,
  enums: Enums,
  { CertificateSource }: ReturnType<typeof registerPlace>,
) {
  const { builder, Certificate } = kit
  const counts = registerCounts(kit, enums)
  const DuplicateCertificate = builder.objectRef<Duplicate>('DuplicateCertificate')
  DuplicateCertificate.implement({
    description: 'One and the same certificate in several places.',
    fields: (t) => ({
      sha256Fingerprint: t.exposeString('sha256Fingerprint', {
        description: 'SHA-256 over the DER form, 64 lower-case hex digits.',
      }),
      certificates: t.field({
        type: [Certificate],
        description: 'Where it is held: two or more, of at least two places, ordered by place.',
        resolve: ({ certificates }) => certificates,
      }),
    }),
  })
  const Statistics = builder.objectRef<CertificateStatistics>('CertificateStatistics')
  Statistics.implement({
    description:
      'Certificates in numbers. Groups hold only keys that occur, each certificate in one group of each grouping, so that ' +
      'the counts of a grouping add up to `total`; months alone do not.',
    fields: (t) => ({
      total: t.exposeInt('total', { description: 'Certificates, each once, also where named places overlap.' }),
      byProvider: t.field({
        type: [counts.byProvider],
        description: 'By vendor, in alphabetical order.',
        resolve: ({ byProvider }) => byProvider,
      }),
      byExpiryStatus: t.field({
        type: [counts.byExpiryStatus],
        description: 'By expiry status, in alphabetical order.',
        resolve: ({ byExpiryStatus }) => byExpiryStatus,
      }),
      byScope: t.field({
        type: [counts.byPlace],
        description: 'By the place that a certificate’s `scope` is, in the order of `scopes`.',
        resolve: ({ byPlace }) => byPlace,
      }),
      byKeyAlgorithm: t.field({
        type: [counts.byKeyAlgorithm],
        description:
          'By kind of key as the vendor’s list tells it, in alphabetical order, the unknown last. Akamai’s list alone does.',
        resolve: ({ byKeyAlgorithm }) => byKeyAlgorithm,
      }),
      byExpiryMonth: t.field({
        type: [counts.byExpiryMonth],
        description:
          'By month of `expiresAt` in UTC: exactly the 24 months from the current one on, in order, those without any ' +
          'included. What has expired earlier this month counts in this month; what ended before it, ends after the last ' +
          'or is of unknown expiry counts in none.',
        resolve: ({ byExpiryMonth }) => byExpiryMonth,
      }),
      duplicates: t.field({
        type: [DuplicateCertificate],
        description:
          'Certificates that the lists of two or more places show, among those that pass the filter, ordered by ' +
          'fingerprint. Known where a list tells the fingerprint: Akamai’s does, those of OpenAI and LivePerson do not, ' +
          'so theirs are never among these.',
        resolve: ({ duplicates }) => duplicates,
      }),
      sources: t.field({
        type: [CertificateSource],
        description: 'Every place and discovery that was asked, also those that failed, as in CertificateConnection.',
        resolve: ({ sources }) => sources,
      }),
      complete: t.exposeBoolean('complete', {
        description:
          'No place or discovery failed, no row was lost, and every certificate could be held against the filter: what ' +
          'failed is in no number.',
      }),
      fresh: t.boolean({
        description: 'No source is STALE.',
        resolve: ({ sources }) => sources.every(({ status }) => status !== 'STALE'),
      }),
    }),
  })
  return Statistics
}
