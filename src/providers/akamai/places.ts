import { fromReading } from '../../catalog/certificate.ts'
import type { X509Details } from '../../catalog/x509.ts'
import type { Operation } from '../../operation.ts'
import { AnswerCache } from '../../upstream/cache/answer-cache.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import type { ListedIdentity } from '../../upstream/list-observer.ts'
import { createLoader } from '../../upstream/loader.ts'
import type { GroupPlace, ListedPlace } from '../kit-place.ts'
import { defineGroupKind, defineListKind, definePlacesBelow } from '../place-kind.ts'
import { createPlaceLoader, located } from '../place-loader.ts'
import { runForPlace } from '../planned-calls.ts'
import { parseId } from '../row-reader.ts'
import { createPlaces } from '../vendor-places.ts'
import { fingerprintKey, type X509Key, X509Store, x509Bounds } from '../x509-store.ts'
import {
  type AkamaiCertificate,
  type AkamaiCertificateList,
  type AkamaiEnrollment,
  isIdentified,
  type ReadEnrollment,
  toAkamaiCertificateList,
  toAkamaiEnrollment,
} from './certificate.ts'
import { type AkamaiClient, createAkamaiClient } from './client.ts'
import type { AkamaiConfig } from './config.ts'
import { type AkamaiDeployed, type AkamaiPem, networkOf, pemOf, toDeployed } from './deployed.ts'
import {
  type AkamaiEnrollmentDetails,
  findDetails,
  findLastRenewal,
  findRenewals,
  toEnrollmentList,
} from './enrollment-details.ts'
import { enrollmentDetailsShape, enrollmentShape, type WireAccountSwitchKey } from './wire.ts'

/** A rate limit with the credential that is used under it. Akamai has no public id for it: the configuration names it. */
export type AkamaiAccount = GroupPlace<AkamaiClient, AkamaiContract>
export type AkamaiContract = ListedPlace<AkamaiCertificate, AkamaiClient, AkamaiAccount, never, AkamaiCertificateList>
export type AkamaiPlaces = ReturnType<typeof createAkamaiPlaces>

/** Milliseconds that a list of switch keys serves equal searches. */
const switchKeysTtl = 60_000

interface SwitchKeySearch {
  readonly account: AkamaiAccount
  readonly search: string | undefined
}

/** The kinds of places, with what is kept of all accounts. */
function defineAccount(upstream: UpstreamDependencies) {
  const loadDeployed = createDeployedLoader()
  const loadPem = async (operation: Operation, certificate: AkamaiCertificate) =>
    pemOf(certificate, await loadDeployed(operation, certificate))
  const store = new X509Store(upstream.clock, upstream.replicas.texts('x509', x509Bounds))
  const loadX509 = createX509Loader(store, loadDeployed)
  const loadEnrollments = createPlaceLoader(upstream, {
    resource: 'enrollments',
    kind: 'ENROLLMENTS',
    list: ({ client, vendorId }: AkamaiContract, context) => client.listEnrollments(vendorId, context),
    shape: enrollmentDetailsShape,
    toRow: (row) => row,
    toValue: toEnrollmentList,
    weigh: ({ details }) => details.size,
  })
  const switchKeys = new AnswerCache<WireAccountSwitchKey>(upstream.clock, switchKeysTtl)
  const loadSwitchKeys = createLoader<SwitchKeySearch, readonly WireAccountSwitchKey[]>(
    ({ account, search }, operation) => {
      operation.basis?.exclude()
      const key = toSearchKey({ account, search })
      const make = () =>
        runForPlace(account, 'account switch keys', operation, (context) =>
          account.client.listAccountSwitchKeys(search, context),
        )
      // Another operation must not wait for a call that is not made.
      return operation.isPassive && !switchKeys.isKept(key) ? make() : switchKeys.get(key, operation.signal, make)
    },
    toSearchKey,
  )

  const contract = defineListKind(upstream, {
    provider: 'AKAMAI',
    typename: 'AkamaiContract',
    key: 'contractId',
    noun: 'Akamai contract',
    isShared: true,
    resource: 'active certificates',
    list: ({ client, vendorId }: AkamaiContract, context) => client.listActiveCertificates(vendorId, context),
    shape: enrollmentShape,
    toItem: toAkamaiEnrollment,
    replacementKey: toRenewalKey,
    hasSameId,
    identity: toListedIdentity,
    isIdentified,
    toList: toAkamaiCertificateList,
    x509: (place, operation, certificate) => located(place, loadX509(operation, certificate)),
    keepsX509: (certificate) => toX509Key(certificate) !== null,
    details: {
      resource: 'deployments',
      has(_place, certificate) {
        const key = toX509Key(certificate)
        return key === null || store.has(key)
      },
    },
    pem: async (place, operation, certificate) => (await located(place, loadPem(operation, certificate))).pem,
    further: { ENROLLMENTS: loadEnrollments },
    lastRenewal: (place, certificate, now) => findLastRenewal(certificate, now, loadEnrollments.last(place)),
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
  return { account, loadPem, loadEnrollments, loadSwitchKeys }
}

export function createAkamaiPlaces({ accounts }: AkamaiConfig, upstream: UpstreamDependencies) {
  const { account, loadPem, loadEnrollments, loadSwitchKeys } = upstream.kept.get(['kind'], () =>
    defineAccount(upstream),
  )
  const places = createPlaces(upstream, {
    kind: account,
    certificate: 'AkamaiCertificate',
    accounts: accounts.map((config) => {
      const { name, contracts, ...settings } = config
      return {
        vendorId: config.id,
        name,
        below: contracts,
        settings,
        createClient: () => createAkamaiClient(config, upstream),
      }
    }),
    forget: loadEnrollments.kept.forget,
  })

  return {
    ...places,
    /** An enrollment by its global id; null when there is none. */
    async enrollment(operation: Operation, id: string, key: readonly string[]): Promise<ReadEnrollment | null> {
      const reading = await (await places.childOf(operation, key))?.read(operation)
      const enrollment = reading?.value.findEnrollment(id)
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
    /** The deployed certificate with its chain. It is read anew in every operation. */
    deployed: (operation: Operation, certificate: AkamaiCertificate): Promise<AkamaiPem> =>
      located(certificate.place, loadPem(operation, certificate)),
  }
}

/**
 * The answer does not depend on the caller: every caller who may see the account gets all of it. It depends on the
 * credential, which the reading key stands for.
 */
function toSearchKey({ account, search }: SwitchKeySearch): string {
  return JSON.stringify([account.readingKey, search])
}

/** All certificates of one deployment share its call. */
function createDeployedLoader() {
  return createLoader<AkamaiCertificate, AkamaiDeployed>(
    async (certificate, operation) => {
      const { place } = certificate
      const deployment = await runForPlace(place, 'deployments', operation, (context) =>
        place.client.getDeployment(certificate.enrollment.enrollmentId, networkOf(certificate), context),
      )
      return toDeployed(deployment, operation.timeSlice)
    },
    (certificate) => `${certificate.place.parent.id} ${certificate.enrollment.id} ${networkOf(certificate)}`,
  )
}

/** Details are kept by fingerprint: a certificate that is deployed several times is read once. */
function createX509Loader(store: X509Store, loadDeployed: ReturnType<typeof createDeployedLoader>) {
  return async (operation: Operation, certificate: AkamaiCertificate): Promise<X509Details> => {
    const key = toX509Key(certificate)
    const load = () => loadDeployed(operation, certificate)
    const parse = (deployed: AkamaiDeployed) => pemOf(certificate, deployed).details
    return key === null ? parse(await load()) : store.read(key, load, parse, operation.basis)
  }
}

/** Compares two certificates of a contract without making their ids where they have fingerprints. */
function hasSameId(one: AkamaiCertificate, other: AkamaiCertificate): boolean {
  if (one.enrollment.enrollmentId !== other.enrollment.enrollmentId) return false
  if (one.serialNumber !== other.serialNumber || one.keyAlgorithm !== other.keyAlgorithm) return false
  if (one.sha256Fingerprint === null || other.sha256Fingerprint === null) return one.id === other.id
  return one.sha256Fingerprint === other.sha256Fingerprint
}

/** The list may lack the fingerprint, the serial number or the key type, and have it the next time. */
function toListedIdentity(certificate: AkamaiCertificate): ListedIdentity {
  const { enrollment, serialNumber, keyAlgorithm, sha256Fingerprint } = certificate
  return {
    group: enrollment.enrollmentId,
    serialNumber,
    keyType: keyAlgorithm,
    isUnique: sha256Fingerprint !== null,
  }
}

/** An enrollment has one certificate of each key type, which its renewal replaces. Null when the list has no key type. */
function toRenewalKey({ enrollment, keyAlgorithm }: AkamaiCertificate): string | null {
  return keyAlgorithm && `${enrollment.enrollmentId} ${keyAlgorithm}`
}

/** Null for a certificate with an id that is that of a slot, which may hold another certificate later. */
function toX509Key({ id, sha256Fingerprint, serialNumber }: AkamaiCertificate): X509Key | null {
  if (sha256Fingerprint !== null) return fingerprintKey(sha256Fingerprint)
  return serialNumber === null ? null : { text: id, fingerprint: null, isLasting: false }
}

function toIdentified(row: unknown): { readonly id: string } | null {
  const id = parseId(row)
  return id === null ? null : { id }
}
