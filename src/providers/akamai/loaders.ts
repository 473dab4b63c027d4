import { ReadingCache } from '../../upstream/cache/reading-cache.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { createLoader, type Loader } from '../../upstream/loader.ts'
import type { PlaceList } from '../place.ts'
import { createPlaceLoader, type PlaceLoader } from '../place-loader.ts'
import { parseId } from '../row-reader.ts'
import type { AkamaiCertificate } from './certificate.ts'
import { type AkamaiCertificateList, toAkamaiCertificateList } from './certificate-list.ts'
import { type AkamaiDeployed, networkOf, pemOf, toDeployed } from './deployed.ts'
import { type AkamaiEnrollmentList, toEnrollmentList } from './enrollment-details.ts'
import { type AkamaiPems, createPems } from './pems.ts'
import { type AkamaiAccount, AkamaiContract } from './places.ts'
import { enrollmentDetailsShape, enrollmentShape, type WireAccountSwitchKey } from './wire.ts'

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

export function createAkamaiLoaders(upstream: UpstreamDependencies): AkamaiLoaders {
  const certificates = new ReadingCache<AkamaiCertificateList>(upstream, weigh)
  const discoveries = new ReadingCache<PlaceList<AkamaiContract>>(upstream, ({ places }) => places.length)
  const enrollments = new ReadingCache<AkamaiEnrollmentList>(upstream, ({ details }) => details.size)
  const deployments = createLoader<AkamaiCertificate, AkamaiDeployed>(
    async (certificate, operation) => {
      const { place, enrollment } = certificate
      const { client } = place.account
      const network = networkOf(certificate)
      return client.pipeline.runForOperation(operation, async (context) =>
        toDeployed(await client.getDeployment(enrollment.enrollmentId, network, context)),
      )
    },
    (certificate) => {
      const { place, enrollment } = certificate
      return `${place.account.id} ${enrollment.id} ${networkOf(certificate)}`
    },
  )
  const loaders: AkamaiLoaders = {
    contract: createPlaceLoader(certificates, (contract) => {
      const { id, account, vendorId } = contract
      const { client } = account
      return {
        // Two accounts may reach one contract, each with its own eyes.
        key: `${account.id} ${id}`,
        pipeline: client.pipeline,
        ttl: client.schedule.ttl(vendorId),
        shared: { identity: [...client.identity, 'active certificates', vendorId], fields: enrollmentShape.fields },
        read: (context) => client.listActiveCertificates(vendorId, context),
        toValue: ({ rows }) => toAkamaiCertificateList(rows, contract),
      }
    }),
    contracts: createPlaceLoader(discoveries, (account) => {
      const { id, client } = account
      return {
        key: id,
        pipeline: client.pipeline,
        ttl: upstream.settings.discoveryTtl,
        shared: { identity: [...client.identity, 'contracts'], fields: [] },
        read: (context) => client.listContractIdentifiers(context),
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
        pipeline: client.pipeline,
        ttl: client.schedule.ttl(vendorId),
        shared: { identity: [...client.identity, 'enrollments', vendorId], fields: enrollmentDetailsShape.fields },
        read: (context) => client.listEnrollments(vendorId, context),
        toValue: toEnrollmentList,
      }
    }),
    pems: createPems(async (operation, certificate) => pemOf(certificate, await deployments(operation, certificate))),
    switchKeys: createLoader(
      ({ account: { client }, search }, operation) =>
        client.pipeline.runForOperation(operation, (context) => client.listAccountSwitchKeys(search, context)),
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
