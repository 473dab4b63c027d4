import type { Upstream } from '../../upstream/call.ts'
import type { Loader } from '../../upstream/loader.ts'
import { type Reading, Readings } from '../../upstream/readings.ts'
import type { PlaceList } from '../place.ts'
import { createPlaceLoader } from '../place-loader.ts'
import { parseId } from '../row.ts'
import { type AkamaiCertificateList, toAkamaiCertificateList } from './certificate-list.ts'
import { type AkamaiAccount, AkamaiContract } from './places.ts'

export interface AkamaiLoaders {
  readonly contract: Loader<AkamaiContract, Reading<AkamaiCertificateList>>
  readonly contracts: Loader<AkamaiAccount, Reading<PlaceList<AkamaiContract>>>
}

export function createAkamaiLoaders({ clock, settings }: Upstream): AkamaiLoaders {
  const timeout = settings.readingTimeout
  const certificates = new Readings<AkamaiCertificateList>(clock, { timeout, ttl: settings.ttl })
  const discoveries = new Readings<PlaceList<AkamaiContract>>(clock, { timeout, ttl: settings.discoveryTtl })

  const loaders: AkamaiLoaders = {
    contract: createPlaceLoader(
      certificates,
      async (contract, signal) =>
        toAkamaiCertificateList(
          await contract.account.client.listActiveCertificates(contract.vendorId, signal),
          contract,
        ),
      // Two accounts may reach one contract, each with its own eyes.
      ({ id, account }) => `${account.id} ${id}`,
    ),
    contracts: createPlaceLoader(discoveries, async (account, signal) => {
      const rows = await account.client.listContractIdentifiers(signal)
      const ids = rows.map(parseId).filter((id) => id !== null)
      const places = [...new Set(ids)].map((id) => new AkamaiContract(account, id, loaders))
      return { places, unreadableRows: rows.length - ids.length }
    }),
  }
  return loaders
}
