import { CertificateList } from '../../catalog/certificate-list.ts'
import type { Upstream } from '../../upstream/call.ts'
import type { Loader } from '../../upstream/loader.ts'
import { type Reading, Readings } from '../../upstream/readings.ts'
import { createPlaceLoader } from '../place-loader.ts'
import { type LivePersonCertificate, toLivePersonCertificate } from './certificate.ts'
import type { LivePersonAccount } from './places.ts'
import { parseCertificate } from './wire.ts'

export interface LivePersonLoaders {
  readonly account: Loader<LivePersonAccount, Reading<CertificateList<LivePersonCertificate>>>
}

export function createLivePersonLoaders({ clock, settings }: Upstream): LivePersonLoaders {
  const limits = { ttl: settings.ttl, timeout: settings.readingTimeout }
  const certificates = new Readings<CertificateList<LivePersonCertificate>>(clock, limits)
  return {
    account: createPlaceLoader(certificates, async (account, signal) => {
      const rows = await account.client.listCertificates(signal)
      const read = rows.map(parseCertificate).filter((row) => row !== null)
      const unique = new Map(read.map((row) => [row.id, toLivePersonCertificate(row, account)]))
      return new CertificateList([...unique.values()], rows.length - read.length)
    }),
  }
}
