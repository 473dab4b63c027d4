import type { ObjectRef } from '@pothos/core'
import type { ExpiryStatus } from '../catalog/expiry.ts'
import type { Count } from '../catalog/statistics.ts'
import type { CertificateWeakness } from '../catalog/weakness.ts'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { Place } from '../providers/place.ts'
import type { Types } from './builder.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'

/** The types of the keys. */
export interface StatisticsTypes extends Enums {
  readonly CertificateOwner: ObjectRef<Types, CertificateOwner>
}

/** The groups of CertificateStatistics. */
export function registerCounts(
  { builder, CertificatePlace }: SchemaKit,
  { CertificateProvider, CertificateWeakness, ExpiryStatus, CertificateOwner }: StatisticsTypes,
) {
  const byProvider = builder.objectRef<Count<string>>('CertificateProviderCount')
  byProvider.implement({
    description: 'The certificates of a vendor.',
    fields: (t) => ({
      key: t.field({ type: CertificateProvider, description: 'The vendor.', resolve: ({ key }) => key }),
    }),
  })
  const byExpiryStatus = builder.objectRef<Count<ExpiryStatus>>('ExpiryStatusCount')
  byExpiryStatus.implement({
    description: 'The certificates with an expiry status.',
    fields: (t) => ({
      key: t.field({ type: ExpiryStatus, description: 'The expiry status.', resolve: ({ key }) => key }),
    }),
  })
  const byPlace = builder.objectRef<Count<Place>>('CertificatePlaceCount')
  byPlace.implement({
    description: 'The certificates of a place.',
    fields: (t) => ({
      key: t.field({ type: CertificatePlace, description: 'The place.', resolve: ({ key }) => key }),
    }),
  })
  const byOwner = builder.objectRef<Count<CertificateOwner | null>>('CertificateOwnerCount')
  byOwner.implement({
    description: 'The certificates of an owner.',
    fields: (t) => ({
      key: t.field({
        type: CertificateOwner,
        nullable: true,
        description:
          'The owner, as the first of its rules describes it. Null counts the certificates without an owner.',
        resolve: ({ key }) => key,
      }),
    }),
  })
  const byKeyAlgorithm = builder.objectRef<Count<string | null>>('KeyAlgorithmCount')
  byKeyAlgorithm.implement({
    description: 'The certificates with a key algorithm.',
    fields: (t) => ({
      key: t.exposeString('key', {
        nullable: true,
        description: 'As in `Certificate.keyAlgorithm`. Null when the vendor’s list does not contain it.',
      }),
    }),
  })
  const byWeakness = builder.objectRef<Count<CertificateWeakness | null>>('CertificateWeaknessCount')
  byWeakness.implement({
    description: 'The certificates with a weakness.',
    fields: (t) => ({
      key: t.field({
        type: CertificateWeakness,
        nullable: true,
        description:
          'The weakness. Null counts the certificates without a verdict: the vendor does not return them, or they could ' +
          'not be read.',
        resolve: ({ key }) => key,
      }),
    }),
  })
  const byExpiryMonth = builder.objectRef<Count<number>>('ExpiryMonthCount')
  byExpiryMonth.implement({
    description: 'The certificates that expire in a month.',
    fields: (t) => ({
      key: t.field({
        type: 'Date',
        description: 'The first day of the month in UTC.',
        resolve: ({ key }) => new Date(key),
      }),
    }),
  })
  const addCount = <Key>(ref: ObjectRef<Types, Count<Key>>) =>
    builder.objectField(ref, 'count', (t) =>
      t.int({ description: 'Number of certificates.', resolve: ({ count }) => count }),
    )
  addCount(byProvider)
  addCount(byExpiryStatus)
  addCount(byPlace)
  addCount(byOwner)
  addCount(byKeyAlgorithm)
  addCount(byWeakness)
  addCount(byExpiryMonth)
  return { byProvider, byExpiryStatus, byPlace, byOwner, byKeyAlgorithm, byWeakness, byExpiryMonth }
}
