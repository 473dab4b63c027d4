import type { FromReading } from '../../catalog/certificate.ts'
import { CertificateList } from '../../catalog/certificate-list.ts'
import { tidyDistinguishedName } from '../../catalog/distinguished-name.ts'
import { toSubjectAltNames } from '../../catalog/spelling.ts'
import { toGlobalId } from '../global-id.ts'
import { boundIssues } from '../parse-issues.ts'
import type { PlacedCertificate } from '../place.ts'
import { shareTexts, shareValues } from '../shared-values.ts'
import type { AkamaiContract } from './places.ts'
import { type AkamaiDeployment, groupSlots, issuesOf, type ListedX509, type Slot, type Slots } from './slots.ts'
import type { WireEnrollment, WirePendingChange } from './wire.ts'

/** A certificate of an enrollment, with all slots that hold it. What the list has once is computed from its members. */
export class AkamaiCertificate implements PlacedCertificate {
  readonly enrollment: AkamaiEnrollment
  readonly active: boolean | null
  readonly expiresAt: number | null
  readonly issuer: string | null
  readonly serialNumber: string | null
  readonly sha256Fingerprint: string | null
  readonly keyAlgorithm: string | null
  readonly signatureAlgorithm: string | null
  readonly deployments: readonly AkamaiDeployment[]
  readonly parseIssues: readonly string[]
  /** The position of its first slot among those of the same role. */
  readonly slotIndex: number

  constructor(slots: Slots, enrollment: AkamaiEnrollment, row: WireEnrollment) {
    const [first] = slots
    const issuer = firstKnown(slots, ({ certificate }) => certificate.issuer)
    const inProduction = slots.some(({ deployment }) => deployment.network === 'PRODUCTION')
    this.enrollment = enrollment
    // It may be in a part of production that could not be read.
    this.active = inProduction || (row.production.unreadable > 0 ? null : false)
    this.expiresAt = firstKnown(slots, ({ certificate }) => certificate.expiry)
    this.issuer = issuer && tidyIssuer(issuer)
    this.serialNumber = firstKnown(slots, ({ serial }) => serial)
    this.sha256Fingerprint = firstKnown(slots, ({ fingerprint }) => fingerprint)
    this.keyAlgorithm = firstKnown(slots, ({ keyAlgorithm }) => keyAlgorithm)
    this.signatureAlgorithm = firstKnown(slots, ({ certificate }) => certificate.signatureAlgorithm)
    this.deployments = uniqueDeployments(slots)
    this.parseIssues = issuesIn(slots, row)
    this.slotIndex = first.index
  }

  get __typename() {
    return 'AkamaiCertificate'
  }

  get id(): string {
    return toGlobalId(this.__typename, this.place.vendorId, this.enrollment.enrollmentId, ...identityOf(this))
  }

  get provider() {
    return 'AKAMAI'
  }

  get place(): AkamaiContract {
    return this.enrollment.contract
  }

  get name(): string | null {
    return this.enrollment.commonName
  }

  get createdAt() {
    return null
  }

  get validFrom() {
    return undefined
  }

  get declaredExpired() {
    return false
  }

  get deleted() {
    return false
  }

  /** The fields that the list has. Only the PEM has the others. */
  get x509(): ListedX509 {
    const { issuer, serialNumber, sha256Fingerprint, keyAlgorithm, signatureAlgorithm, enrollment } = this
    const { subjectAltNames } = enrollment
    return { issuer, serialNumber, sha256Fingerprint, keyAlgorithm, signatureAlgorithm, subjectAltNames }
  }
}

/** Identifies a certificate within its enrollment. */
function identityOf(certificate: AkamaiCertificate): readonly string[] {
  const { sha256Fingerprint, serialNumber, keyAlgorithm, deployments, slotIndex } = certificate
  if (sha256Fingerprint !== null) return [sha256Fingerprint]
  if (serialNumber !== null) return [serialNumber, keyAlgorithm ?? '']
  // It is in one slot only.
  const position = slotIndex > 0 ? [String(slotIndex)] : []
  return deployments.flatMap(({ network, role }) => [network, role, ...position])
}

/** Whether nothing of what identifies a certificate without a fingerprint is malformed: the vendor does not have it. */
export function isIdentified({ sha256Fingerprint, parseIssues }: AkamaiCertificate): boolean {
  return sha256Fingerprint !== null || !parseIssues.some((issue) => identityIssue.test(issue))
}

const identityIssue = /^(?:sha256Fingerprint|serial|keyAlgorithm): /

export class AkamaiEnrollment {
  readonly contract: AkamaiContract
  readonly enrollmentId: string
  readonly certificateType: string | null
  readonly commonName: string | null
  readonly subjectAltNames: readonly string[] | null
  /** Null when they cannot be read. */
  readonly pendingChanges: readonly WirePendingChange[] | null
  /** The earliest expiry of all deployed certificates, in milliseconds since the epoch; null when none is known. */
  readonly earliestExpiry: number | null
  /** Empty while nothing is deployed. */
  readonly certificates: readonly AkamaiCertificate[]
  /** How many certificates of the enrollment could not be read. */
  readonly unreadableCertificates: number

  constructor(row: WireEnrollment, contract: AkamaiContract) {
    this.contract = contract
    this.enrollmentId = row.id
    this.certificateType = row.certificateType
    const { cn, sans } = row.csr
    const [firstName] = sans ?? []
    // Most often the first name is the common name: they share the text.
    this.commonName = firstName === cn ? firstName : cn
    this.subjectAltNames = sans && toNames(sans)
    this.pendingChanges = row.pendingChanges?.length === 0 ? none : row.pendingChanges
    this.earliestExpiry = earliestExpiryOf(row)
    this.certificates = groupSlots(row).map((slots) => new AkamaiCertificate(slots, this, row))
    this.unreadableCertificates = row.production.unreadable + row.staging.unreadable
  }

  get __typename() {
    return 'AkamaiEnrollment' as const
  }

  get id(): string {
    return toGlobalId(this.__typename, this.contract.vendorId, this.enrollmentId)
  }
}

export type ReadEnrollment = FromReading<AkamaiEnrollment>

/** The certificates of a contract, and its enrollments, including those with nothing deployed. */
export class AkamaiCertificateList extends CertificateList<AkamaiCertificate> {
  readonly enrollments: readonly AkamaiEnrollment[]
  #weight: number | null = null
  #byId: ReadonlyMap<string, AkamaiEnrollment> | null = null

  constructor(enrollments: readonly AkamaiEnrollment[], unreadableRows: number) {
    // A list that grew row by row has room for more.
    super(enrollments.flatMap(({ certificates }) => certificates).slice(), unreadableRows)
    this.enrollments = enrollments
  }

  findEnrollment(id: string): AkamaiEnrollment | undefined {
    this.#byId ??= new Map(this.enrollments.map((enrollment) => [enrollment.id, enrollment]))
    return this.#byId.get(id)
  }

  /** Computed once: the prices of operations need it. Twenty names of an enrollment are about as large as a certificate. */
  override get weight(): number {
    if (this.#weight === null) {
      const names = this.enrollments.reduce((sum, { subjectAltNames }) => sum + (subjectAltNames?.length ?? 0), 0)
      this.#weight = this.enrollments.length + this.rows.length + Math.ceil(names / 20)
    }
    return this.#weight
  }
}

/** The enrollments of active-certificates, as a list. */
export function toAkamaiCertificateList(
  enrollments: readonly AkamaiEnrollment[],
  unreadableRows: number,
): AkamaiCertificateList {
  const lost = enrollments.reduce((sum, { unreadableCertificates }) => sum + unreadableCertificates, 0)
  return new AkamaiCertificateList(enrollments, unreadableRows + lost)
}

/** An enrollment with one node for each distinct certificate it has deployed. */
export function toAkamaiEnrollment(row: WireEnrollment, contract: AkamaiContract): AkamaiEnrollment {
  return new AkamaiEnrollment(row, contract)
}

const none: readonly never[] = []
const tidyIssuer = shareValues(tidyDistinguishedName)

/** Names in lower case, without duplicates. The same list when it has them so. */
function toNames(names: readonly string[]): readonly string[] {
  if (names.length === 1 && names[0] === names[0]?.toLowerCase()) return names
  return shareTexts(toSubjectAltNames(names.map((name) => name.toLowerCase())), names)
}

function earliestExpiryOf({ production, staging }: WireEnrollment): number | null {
  return earlier(earliestIn(production), earliestIn(staging))
}

function earliestIn({ primaryCertificate, multiStackedCertificates }: WireEnrollment['production']): number | null {
  let earliest = primaryCertificate?.expiry ?? null
  for (const { expiry } of multiStackedCertificates) earliest = earlier(earliest, expiry)
  return earliest
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

/** All slots describe the same certificate: a member that one of them lacks is taken from the next. */
function firstKnown<Value>(slots: Slots, read: (slot: Slot) => Value | null): Value | null {
  const known = read(slots[0])
  if (known !== null) return known
  for (const slot of slots) {
    const value = read(slot)
    if (value !== null) return value
  }
  return null
}

/** One deployment per network and role, also when the certificate is listed there twice. */
function uniqueDeployments(slots: Slots): readonly AkamaiDeployment[] {
  const [first, second] = slots
  const all = slots.map(({ deployment }) => deployment)
  if (!second || (slots.length === 2 && first.deployment.network !== second.deployment.network)) return all
  return [...new Map(all.map((deployment) => [`${deployment.network} ${deployment.role}`, deployment])).values()]
}

/** The issues of the enrollment and of all slots, each once. */
function issuesIn(slots: Slots, row: WireEnrollment): readonly string[] {
  if (row.issues.length === 0 && slots.every((slot) => issuesOf(slot).length === 0)) return none
  return [...new Set([...row.issues, ...boundIssues(new Set(slots.flatMap(issuesOf)))])]
}
