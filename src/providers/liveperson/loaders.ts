import { fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import { CertificateList } from '../../catalog/certificate-list.ts'
import { ReadingCache } from '../../upstream/cache/reading-cache.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { createLoader, type Loader } from '../../upstream/loader.ts'
import { createPlaceLoader, type PlaceLoader } from '../place-loader.ts'
import { parseRows } from '../shape.ts'
import { type LivePersonCertificate, toLivePersonCertificate } from './certificate.ts'
import type { LivePersonAccount } from './places.ts'
import { certificateShape } from './wire.ts'

export interface LivePersonLoaders {
  readonly account: PlaceLoader<LivePersonAccount, CertificateList<LivePersonCertificate>>
  /** One certificate by the vendor's id; read anew by every operation that asks, never kept. */
  readonly certificate: Loader<WantedCertificate, ReadCertificate<LivePersonCertificate> | null>
}

interface WantedCertificate {
  readonly account: LivePersonAccount
  readonly certificateId: string
}

export function createLivePersonLoaders(upstream: UpstreamDependencies): LivePersonLoaders {
  const certificates = new ReadingCache<CertificateList<LivePersonCertificate>>(upstream, ({ rows }) => rows.length)
  return {
    account: createPlaceLoader(certificates, (account) => {
      const { id, client } = account
      return {
        key: id,
        pipeline: client.pipeline,
        ttl: client.schedule.ttl(id),
        shared: { identity: [...client.identity, 'certificates'], fields: certificateShape.fields },
        read: (context) => client.listCertificates(context),
        toValue: (list) => {
          const { items, unreadable } = parseRows(list, certificateShape)
          return new CertificateList(
            items.map((row) => toLivePersonCertificate(row, account)),
            unreadable,
          )
        },
      }
    }),
    certificate: createLoader(
      ({ account, certificateId }, operation) =>
        account.client.pipeline.runForOperation(operation, async (context) => {
          let asOf = operation.now
          const onResponse = (madeAt: number) => {
            asOf = madeAt
          }
          const row = await account.client.getCertificate(certificateId, { ...context, onResponse })
          return row && fromReading(toLivePersonCertificate(row, account), { asOf, stale: false })
        }),
      ({ account, certificateId }) => `${account.id} ${certificateId}`,
    ),
  }
}
