import type { ObjectRef } from '@pothos/core'
import type { ExpiryStatus } from '../catalog/expiry.ts'
import type { Count } from '../catalog/statistics.ts'
import type { Place } from '../providers/place.ts'
import type { Types } from './builder.ts'
import { toDate } from './date.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'

/** The groups that certificates are counted by. */
export function registerCounts(
  { builder, CertificatePlace }: SchemaKit,
  { CertificateProvider, ExpiryStatus }: Pick<Enums, 'CertificateProvider' | 'ExpiryStatus'>,
) {
  const byProvider = builder.objectRef<Count<string>>('CertificateProviderCount')
  byProvider.implement({
    description: 'How many certificates a vendor holds.',
    fields: (t) => ({
      key: t.field({ type: CertificateProvider, description: 'The vendor.', resolve: ({ key }) => key }),
    }),
  })
  const byExpiryStatus = builder.objectRef<Count<ExpiryStatus>>('ExpiryStatusCount')
  byExpiryStatus.implement({
    description: 'How many certificates have an expiry status.',
    fields: (t) => ({
      key: t.field({ type: ExpiryStatus, description: 'The status.', resolve: ({ key }) => key }),
    }),
  })
  const byPlace = builder.objectRef<Count<Place>>('CertificateScopeCount')
  byPlace.implement({
    description: 'How many certificates live in a place.',
    fields: (t) => ({
      key: t.field({ type: CertificatePlace, description: 'The place.', resolve: ({ key }) => key }),
    }),
  })
  const byKeyAlgorithm = builder.objectRef<Count<string | null>>('KeyAlgorithmCount')
  byKeyAlgorithm.implement({
    description: 'How many certificates have a kind of key.',
    fields: (t) => ({
      key: t.exposeString('key', {
        nullable: true,
        description: 'RSA, ECDSA, Ed25519, Ed448, else the vendor’s word; null where the vendor’s list does not tell.',
      }),
    }),
  })
  const byExpiryMonth = builder.objectRef<Count<number>>('ExpiryMonthCount')
  byExpiryMonth.implement({
    description: 'How many certificates end in a month.',
    fields: (t) => ({
      key: t.field({
        type: 'Date',
        description: 'The first day of the month, UTC.',
        resolve: ({ key }) => toDate(key),
      }),
    }),
  })
  const addCount = <Key>(ref: ObjectRef<Types, Count<Key>>) =>
    builder.objectField(ref, 'count', (t) =>
      t.int({ description: 'Certificates, each once.', resolve: ({ count }) => count }),
    )
  addCount(byProvider)
  addCount(byExpiryStatus)
  addCount(byPlace)
  addCount(byKeyAlgorithm)
  addCount(byExpiryMonth)
  return { byProvider, byExpiryStatus, byPlace, byKeyAlgorithm, byExpiryMonth }
}
