import { fromReading } from '../../catalog/certificate.ts'
import type { X509Details } from '../../catalog/x509.ts'
import type { Operation } from '../../operation.ts'
import { createDiscovery, type Discovery } from '../discovery.ts'
import { CertificatePlace, Place, readAhead, type SearchResult } from '../place.ts'
import { located } from '../place-loader.ts'
import { joinResults, uniqueResult } from '../search-result.ts'
import type { Source } from '../source.ts'
import { hiddenSource, isVisible, visibleOf } from '../visibility.ts'
import type { AkamaiCertificate, ReadEnrollment } from './certificate.ts'
import type { AkamaiClient } from './client.ts'
import type { AkamaiAccountConfig } from './config.ts'
import type { AkamaiPem } from './deployed.ts'
import { type AkamaiEnrollmentDetails, findDetails } from './enrollment-details.ts'
import type { AkamaiResource } from './limits.ts'
import type { AkamaiLoaders } from './loaders.ts'
import { findRenewals } from './renewals.ts'

/** What each kind of reading is called in the table of limits. */
const resources: Readonly<Record<Source['kind'], AkamaiResource>> = {
  CERTIFICATES: 'active certificates',
  DISCOVERY: 'contracts',
  ENROLLMENTS: 'enrollments',
}

/** The holder of one rate budget. Akamai has no id for it that a caller could know: the configuration names it. */
export class AkamaiAccount extends Place {
  readonly client: AkamaiClient
  readonly accountSwitchKey: string | null
  readonly contracts: Discovery<AkamaiContract>
  readonly #loaders: AkamaiLoaders

  constructor(config: AkamaiAccountConfig, client: AkamaiClient, loaders: AkamaiLoaders) {
    super('AKAMAI', 'AkamaiAccount', config.name, [config.id])
    this.client = client
    this.#loaders = loaders
    this.accountSwitchKey = config.accountSwitchKey
    const configured =
      config.contracts === 'discover'
        ? config.contracts
        : config.contracts.map((id) => new AkamaiContract(this, id, loaders))
    this.contracts = createDiscovery(this, configured, (operation, maxStaleness) =>
      loaders.contracts(operation, this, maxStaleness),
    )
  }

  rateLimitStatus(kind: Source['kind']) {
    return this.client.pipeline.rateLimiter.status(resources[kind])
  }

  async source(operation: Operation) {
    return isVisible(operation, this) ? this.contracts.source(operation) : hiddenSource(this, 'DISCOVERY')
  }

  certificatePlaces(operation: Operation, maxStaleness?: number) {
    return this.contracts.find(operation, maxStaleness)
  }

  /** The accounts its client may act for; with a text, those whose name or id has it in them. */
  switchKeys(operation: Operation, search: string | undefined) {
    return located(this, this.#loaders.switchKeys(operation, { account: this, search }))
  }
}

export class AkamaiContract extends CertificatePlace<AkamaiCertificate> {
  readonly account: AkamaiAccount
  readonly #loaders: AkamaiLoaders

  constructor(account: AkamaiAccount, id: string, loaders: AkamaiLoaders) {
    super('AKAMAI', 'AkamaiContract', null, [id])
    this.account = account
    this.#loaders = loaders
  }

  rateLimitStatus(kind: Source['kind']) {
    return this.account.rateLimitStatus(kind)
  }

  read(operation: Operation, maxStaleness?: number) {
    return this.#loaders.contract(operation, this, maxStaleness)
  }

  /** One of its enrollments by global id; null when there is none. */
  async findEnrollment(operation: Operation, id: string): Promise<ReadEnrollment | null> {
    const reading = await this.read(operation)
    const enrollment = reading.value.enrollments.find((each) => each.id === id)
    return enrollment ? fromReading(enrollment, reading) : null
  }

  /** What the list of active certificates does not tell of its enrollments. */
  readEnrollments(operation: Operation, maxStaleness?: number) {
    return this.#loaders.enrollments(operation, this, maxStaleness)
  }

  /** The same of one enrollment; null when the vendor does not list it. */
  async enrollmentDetails(operation: Operation, enrollmentId: string): Promise<AkamaiEnrollmentDetails | null> {
    return findDetails((await this.readEnrollments(operation)).value, this, enrollmentId)
  }

  override renewals(operation: Operation, certificates: readonly AkamaiCertificate[], maxStaleness?: number) {
    return findRenewals(this, operation, certificates, maxStaleness)
  }

  /** PEM, read anew for every operation. */
  pem(operation: Operation, certificate: AkamaiCertificate): Promise<AkamaiPem> {
    return located(this, this.#loaders.pems.read(operation, certificate))
  }

  /** What its list tells, and where the operation asks for the PEM all the same, also what only that does. */
  override async x509(operation: Operation, certificate: AkamaiCertificate): Promise<X509Details> {
    // Fields beside the one that asks are begun in the same turn.
    await null
    const asked = this.#loaders.pems.asked(operation, certificate)
    // The field that asked for it tells why it failed.
    const pem = await asked?.catch(() => null)
    if (!pem) return certificate.x509
    const { subject, validFrom, expiresAt, keySize, isCA } = pem.details
    return { ...certificate.x509, subject, validFrom, expiresAt, keySize, isCA }
  }
}

/**
 * The contracts of these accounts; one that several of them reach is read through the first, or the first that the caller
 * sees. Reading ahead, an account that hangs does not keep the others' contracts waiting; one that it shares with them may
 * then be read twice.
 */
export async function contractsOf(
  accounts: readonly AkamaiAccount[],
  operation: Operation,
  { ahead = false, maxStaleness }: { readonly ahead?: boolean; readonly maxStaleness?: number | undefined } = {},
): Promise<SearchResult<AkamaiContract>> {
  const begun = new Set<string>()
  const find = async (account: AkamaiAccount) => {
    const contracts = await account.contracts.find(operation, maxStaleness)
    const next = contracts.items.filter(({ id }) => ahead && !begun.has(id) && begun.add(id))
    readAhead(operation, next, maxStaleness)
    return contracts
  }
  const seen = visibleOf(operation, accounts)
  const own = await Promise.all(seen.map(find))
  const known = new Set(own.flatMap(({ items }) => items.map(({ id }) => id)))
  const others = await Promise.all(accounts.filter((account) => !seen.includes(account)).map(find))
  return uniqueResult(joinResults([...own, ...others.map((found) => withoutKnown(found, known))]))
}

/** What an account that the caller does not see adds to those they do; one that adds nothing is not spoken of. */
function withoutKnown(
  { items, sources }: SearchResult<AkamaiContract>,
  known: ReadonlySet<string>,
): SearchResult<AkamaiContract> {
  const added = items.filter(({ id }) => !known.has(id))
  return { items: added, sources: added.length > 0 || items.length === 0 ? sources : [] }
}
