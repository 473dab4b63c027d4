import { fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import { CertificateList } from '../../catalog/certificate-list.ts'
import { createLoader, type Loader } from '../../upstream/loader.ts'
import { Readings } from '../../upstream/readings.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import { createPlaceLoader, type PlaceLoader } from '../place-loader.ts'
import { parseRows } from '../row.ts'
import { type LivePersonCertificate, toLivePersonCertificate } from './certificate.ts'
import type { LivePersonAccount } from './places.ts'
import { certificateFields, parseCertificate } from './wire.ts'

export interface LivePersonLoaders {
  readonly account: PlaceLoader<LivePersonAccount, CertificateList<LivePersonCertificate>>
  /** One certificate by the vendor's id; read anew by every operation that asks, never kept. */
  readonly certificate: Loader<WantedCertificate, ReadCertificate<LivePersonCertificate> | null>
}

interface WantedCertificate {
  readonly account: LivePersonAccount
  readonly certificateId: string
}

export function createLivePersonLoaders(upstream: Upstream): LivePersonLoaders {
  const certificates = new Readings<CertificateList<LivePersonCertificate>>(upstream, ({ rows }) => rows.length)
  return {
    account: createPlaceLoader(certificates, (account) => {
      const { id, client } = account
      return {
        key: id,
        line: client.line,
        ttl: client.sweep.ttl(id),
        shared: { identity: [...client.identity, 'certificates'], fields: certificateFields },
        read: (errand) => client.listCertificates(errand),
        toValue: (list) => {
          const { items, unreadable } = parseRows(list, parseCertificate)
          return new CertificateList(
            items.map((row) => toLivePersonCertificate(row, account)),
            unreadable,
          )
        },
      }
    }),
    certificate: createLoader(
      ({ account, certificateId }, operation) =>
        account.client.line.runWithin(operation, async (errand) => {
          let asOf = operation.now
          const answered = (madeAt: number) => {
            asOf = madeAt
          }
          const row = await account.client.getCertificate(certificateId, { ...errand, answered })
          return row && fromReading(toLivePersonCertificate(row, account), { asOf, stale: false })
        }),
      ({ account, certificateId }) => `${account.id} ${certificateId}`,
    ),
  }
}
