import { Readings } from '../../upstream/readings.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import type { PlaceList } from '../place.ts'
import { createPlaceLoader, type PlaceLoader } from '../place-loader.ts'
import { parseId } from '../row.ts'
import { type AkamaiCertificateList, toAkamaiCertificateList } from './certificate-list.ts'
import { type AkamaiAccount, AkamaiContract } from './places.ts'
import { enrollmentFields } from './wire.ts'

export interface AkamaiLoaders {
  readonly contract: PlaceLoader<AkamaiContract, AkamaiCertificateList>
  readonly contracts: PlaceLoader<AkamaiAccount, PlaceList<AkamaiContract>>
}

export function createAkamaiLoaders(upstream: Upstream): AkamaiLoaders {
  const certificates = new Readings<AkamaiCertificateList>(upstream, ({ enrollments }) => enrollments.length)
  const discoveries = new Readings<PlaceList<AkamaiContract>>(upstream, ({ places }) => places.length)
  const loaders: AkamaiLoaders = {
    contract: createPlaceLoader(certificates, (contract) => {
      const { id, account, vendorId } = contract
      const { client } = account
      return {
        // Two accounts may reach one contract, each with its own eyes.
        key: `${account.id} ${id}`,
        line: client.line,
        ttl: client.sweep.ttl(vendorId),
        shared: { identity: [...client.identity, 'active certificates', vendorId], fields: enrollmentFields },
        read: (errand) => client.listActiveCertificates(vendorId, errand),
        toValue: ({ rows }) => toAkamaiCertificateList(rows, contract),
      }
    }),
    contracts: createPlaceLoader(discoveries, (account) => {
      const { id, client } = account
      return {
        key: id,
        line: client.line,
        ttl: upstream.settings.discoveryTtl,
        shared: { identity: [...client.identity, 'contracts'], fields: [] },
        read: (errand) => client.listContractIdentifiers(errand),
        toValue: ({ rows }) => {
          const ids = rows.map(parseId).filter((each) => each !== null)
          const places = [...new Set(ids)].map((each) => new AkamaiContract(account, each, loaders))
          return { places, unreadableRows: rows.length - ids.length }
        },
      }
    }),
  }
  return loaders
}
