import { createLoader, type Loader } from '../../upstream/loader.ts'
import { Readings } from '../../upstream/readings.ts'
import type { Upstream } from '../../upstream/upstream.ts'
import type { PlaceList } from '../place.ts'
import { createPlaceLoader, type PlaceLoader } from '../place-loader.ts'
import { parseId } from '../row.ts'
import type { AkamaiCertificate } from './certificate.ts'
import { type AkamaiCertificateList, toAkamaiCertificateList } from './certificate-list.ts'
import { type AkamaiDeployed, networkOf, pemOf, toDeployed } from './deployed.ts'
import { type AkamaiEnrollmentList, toEnrollmentList } from './enrollment-details.ts'
import { type AkamaiPems, createPems } from './pems.ts'
import { type AkamaiAccount, AkamaiContract } from './places.ts'
import { enrollmentFields } from './wire.ts'
import { enrollmentDetailFields } from './wire-enrollments.ts'
import type { WireAccountSwitchKey } from './wire-switch-keys.ts'

export interface AkamaiLoaders {
  readonly contract: PlaceLoader<AkamaiContract, AkamaiCertificateList>
  readonly contracts: PlaceLoader<AkamaiAccount, PlaceList<AkamaiContract>>
  readonly enrollments: PlaceLoader<AkamaiContract, AkamaiEnrollmentList>
  /** Read anew by every operation that asks, never kept; all certificates of one deployment share its call. */
  readonly pems: AkamaiPems
  /** Read anew by every operation that asks. */
  readonly switchKeys: Loader<SwitchKeySearch, readonly WireAccountSwitchKey[]>
}

interface SwitchKeySearch {
  readonly account: AkamaiAccount
  readonly search: string | undefined
}

export function createAkamaiLoaders(upstream: Upstream): AkamaiLoaders {
  const certificates = new Readings<AkamaiCertificateList>(upstream, weigh)
  const discoveries = new Readings<PlaceList<AkamaiContract>>(upstream, ({ places }) => places.length)
  const enrollments = new Readings<AkamaiEnrollmentList>(upstream, ({ details }) => details.size)
  const deployments = createLoader<AkamaiCertificate, AkamaiDeployed>(
    async (certificate, operation) => {
      const { scope, enrollment } = certificate
      const { client } = scope.account
      const network = networkOf(certificate)
      return client.line.runWithin(operation, async (errand) =>
        toDeployed(await client.getDeployment(enrollment.enrollmentId, network, errand)),
      )
    },
    (certificate) => {
      const { scope, enrollment } = certificate
      return `${scope.account.id} ${enrollment.id} ${networkOf(certificate)}`
    },
  )
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
    enrollments: createPlaceLoader(enrollments, ({ id, account, vendorId }) => {
      const { client } = account
      return {
        key: `${account.id} ${id}`,
        line: client.line,
        ttl: client.sweep.ttl(vendorId),
        shared: { identity: [...client.identity, 'enrollments', vendorId], fields: enrollmentDetailFields },
        read: (errand) => client.listEnrollments(vendorId, errand),
        toValue: toEnrollmentList,
      }
    }),
    pems: createPems(async (operation, certificate) => pemOf(certificate, await deployments(operation, certificate))),
    switchKeys: createLoader(
      ({ account: { client }, search }, operation) =>
        client.line.runWithin(operation, (errand) => client.listAccountSwitchKeys(search, errand)),
      ({ account, search }) => JSON.stringify([account.id, search]),
    ),
  }
  return loaders
}

/** Rows of the size of a certificate: twenty names of an enrollment are about as large. */
function weigh({ enrollments, rows }: AkamaiCertificateList): number {
  const names = enrollments.reduce((sum, { subjectAltNames }) => sum + (subjectAltNames?.length ?? 0), 0)
  return enrollments.length + rows.length + Math.ceil(names / 20)
}
