import { fromReading } from '../../catalog/certificate.ts'
import type { Operation } from '../../operation.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { createLoader } from '../../upstream/loader.ts'
import type { GroupPlace, ListedPlace } from '../kit-place.ts'
import { defineGroupKind, defineListKind, definePlacesBelow } from '../place-kind.ts'
import { createPlaceLoader, located } from '../place-loader.ts'
import { parseId } from '../row-reader.ts'
import { createPlaces } from '../vendor-places.ts'
import {
  type AkamaiCertificate,
  type AkamaiCertificateList,
  type AkamaiEnrollment,
  type ReadEnrollment,
  toAkamaiCertificateList,
} from './certificate.ts'
import { type AkamaiClient, createAkamaiClient } from './client.ts'
import type { AkamaiConfig } from './config.ts'
import { type AkamaiDeployed, type AkamaiPem, networkOf, pemOf, RequestedPems, toDeployed } from './deployed.ts'
import { type AkamaiEnrollmentDetails, findDetails, findRenewals, toEnrollmentList } from './enrollment-details.ts'
import { enrollmentDetailsShape, enrollmentShape, type WireAccountSwitchKey } from './wire.ts'

/** A rate limit with the credential that is used under it. Akamai has no public id for it: the configuration names it. */
export type AkamaiAccount = GroupPlace<AkamaiClient, AkamaiContract>
export type AkamaiContract = ListedPlace<AkamaiCertificate, AkamaiClient, AkamaiAccount, never, AkamaiCertificateList>
export type AkamaiPlaces = ReturnType<typeof createAkamaiPlaces>

interface SwitchKeySearch {
  readonly account: AkamaiAccount
  readonly search: string | undefined
}

export function createAkamaiPlaces({ accounts }: AkamaiConfig, upstream: UpstreamDependencies) {
  const pems = createPems()
  const loadEnrollments = createPlaceLoader(upstream, {
    resource: 'enrollments',
    list: ({ client, vendorId }: AkamaiContract, context) => client.listEnrollments(vendorId, context),
    shape: enrollmentDetailsShape,
    toValue: toEnrollmentList,
    weigh: ({ details }) => details.size,
  })
  const loadSwitchKeys = createLoader<SwitchKeySearch, readonly WireAccountSwitchKey[]>(
    ({ account: { client }, search }, operation) =>
      client.pipeline.runForOperation(operation, (context) => client.listAccountSwitchKeys(search, context)),
    ({ account, search }) => JSON.stringify([account.id, search]),
  )

  const contract = defineListKind(upstream, {
    provider: 'AKAMAI',
    typename: 'AkamaiContract',
    key: 'contractId',
    noun: 'Akamai contract',
    isShared: true,
    holdsServerCertificates: true,
    resource: 'active certificates',
    list: ({ client, vendorId }: AkamaiContract, context) => client.listActiveCertificates(vendorId, context),
    shape: enrollmentShape,
    toList: toAkamaiCertificateList,
    // The contents of the list, and of the PEM where another field of the operation has requested it.
    async x509(_contract, operation, certificate) {
      // Waits until the fields beside this one have been called.
      await null
      // The field that requested the PEM reports its failure.
      const pem = await pems.requested(operation, certificate)?.catch(() => null)
      if (!pem) return certificate.x509
      const { subject, validFrom, expiresAt, keySize, isCA, issues } = pem.details
      return { ...certificate.x509, subject, validFrom, expiresAt, keySize, isCA, issues }
    },
    renewals: (place, operation, certificates, maxStaleness) =>
      findRenewals(place, operation, certificates, () => loadEnrollments(operation, place, maxStaleness)),
  })
  const account = defineGroupKind({
    provider: 'AKAMAI',
    typename: 'AkamaiAccount',
    key: 'accountId',
    noun: 'Akamai account',
    below: definePlacesBelow(upstream, contract, {
      resource: 'contracts',
      setting: 'contracts',
      list: ({ client }: AkamaiAccount, context) => client.listContractIdentifiers(context),
      shape: { fields: [], parse: toIdentified },
      toPlace: ({ id }) => ({ vendorId: id, name: null }),
    }),
  })
  const places = createPlaces({
    kind: account,
    certificate: 'AkamaiCertificate',
    accounts: accounts.map((config) => ({
      vendorId: config.id,
      name: config.name,
      client: createAkamaiClient(config, upstream),
      below: config.contracts,
    })),
  })

  return {
    ...places,
    /** An enrollment by its global id; null when there is none. */
    async enrollment(operation: Operation, id: string, key: readonly string[]): Promise<ReadEnrollment | null> {
      const reading = await (await places.childOf(operation, key))?.read(operation)
      const enrollment = reading?.value.enrollments.find((each) => each.id === id)
      return reading && enrollment ? fromReading(enrollment, reading) : null
    },
    /** What the list of active certificates does not have of an enrollment; null when the vendor does not list it. */
    async enrollmentDetails(
      operation: Operation,
      { contract, enrollmentId }: AkamaiEnrollment,
    ): Promise<AkamaiEnrollmentDetails | null> {
      return findDetails((await loadEnrollments(operation, contract)).value, contract, enrollmentId)
    },
    /** The accounts that the client may act for; with a search, those whose name or id contains it. */
    switchKeys: (operation: Operation, account: AkamaiAccount, search: string | undefined) =>
      located(account, loadSwitchKeys(operation, { account, search })),
    /** The PEM of a certificate. It is read anew in every operation. */
    pem: (operation: Operation, certificate: AkamaiCertificate): Promise<AkamaiPem> =>
      located(certificate.place, pems.read(operation, certificate)),
  }
}

/** All certificates of one deployment share its call. */
function createPems(): RequestedPems<AkamaiCertificate> {
  const loadDeployment = createLoader<AkamaiCertificate, AkamaiDeployed>(
    (certificate, operation) => {
      const { client } = certificate.place
      return client.pipeline.runForOperation(operation, async (context) =>
        toDeployed(await client.getDeployment(certificate.enrollment.enrollmentId, networkOf(certificate), context)),
      )
    },
    (certificate) => `${certificate.place.parent.id} ${certificate.enrollment.id} ${networkOf(certificate)}`,
  )
  return new RequestedPems(
    ({ id, place }) => `${place.parent.id} ${id}`,
    async (operation, certificate) => pemOf(certificate, await loadDeployment(operation, certificate)),
  )
}

function toIdentified(row: unknown): { readonly id: string } | null {
  const id = parseId(row)
  return id === null ? null : { id }
}
