import type { FromReading } from '../../catalog/certificate.ts'
import { CertificateList } from '../../catalog/certificate-list.ts'
import { tidyDistinguishedName } from '../../catalog/distinguished-name.ts'
import { toSubjectAltNames } from '../../catalog/spelling.ts'
import { toGlobalId } from '../global-id.ts'
import { boundIssues } from '../parse-issues.ts'
import type { PlacedCertificate } from '../place.ts'
import type { AkamaiContract } from './places.ts'
import {
  type AkamaiDeployment,
  groupSlots,
  identityOf,
  issuesOf,
  type ListedX509,
  type Slot,
  type Slots,
} from './slots.ts'
import type { WireEnrollment, WirePendingChange } from './wire.ts'

export interface AkamaiCertificate extends PlacedCertificate {
  readonly place: AkamaiContract
  /** The fields that the list has. Only the PEM has the others. */
  readonly x509: ListedX509
  readonly enrollment: AkamaiEnrollment
  readonly deployments: readonly AkamaiDeployment[]
}

export interface AkamaiEnrollment {
  readonly __typename: 'AkamaiEnrollment'
  readonly id: string
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
}

export type ReadEnrollment = FromReading<AkamaiEnrollment>

/** The certificates of a contract, and its enrollments, including those with nothing deployed. */
export class AkamaiCertificateList extends CertificateList<AkamaiCertificate> {
  readonly enrollments: readonly AkamaiEnrollment[]
  #weight: number | null = null
  #byId: ReadonlyMap<string, AkamaiEnrollment> | null = null

  constructor(enrollments: readonly AkamaiEnrollment[], unreadableRows: number) {
    super(
      enrollments.flatMap(({ certificates }) => certificates),
      unreadableRows,
    )
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

/** The rows of active-certificates, as a list. */
export function toAkamaiCertificateList(
  rows: readonly WireEnrollment[],
  unreadableRows: number,
  contract: AkamaiContract,
): AkamaiCertificateList {
  const lost = rows.reduce((sum, { production, staging }) => sum + production.unreadable + staging.unreadable, 0)
  return new AkamaiCertificateList(
    rows.map((row) => toAkamaiEnrollment(row, contract)),
    unreadableRows + lost,
  )
}

/** An enrollment with one node for each distinct certificate it has deployed. */
export function toAkamaiEnrollment(row: WireEnrollment, contract: AkamaiContract): AkamaiEnrollment {
  const certificates: AkamaiCertificate[] = []
  const enrollment: AkamaiEnrollment = {
    __typename: 'AkamaiEnrollment',
    id: toGlobalId('AkamaiEnrollment', contract.vendorId, row.id),
    contract,
    enrollmentId: row.id,
    certificateType: row.certificateType,
    commonName: row.csr.cn,
    subjectAltNames: row.csr.sans && toSubjectAltNames(row.csr.sans.map((name) => name.toLowerCase())),
    pendingChanges: row.pendingChanges,
    earliestExpiry: earliestExpiryOf(row),
    certificates,
  }
  for (const slots of groupSlots(row)) certificates.push(toAkamaiCertificate(slots, enrollment, row))
  return enrollment
}

function earliestExpiryOf({ production, staging }: WireEnrollment): number | null {
  const [earliest = null] = [production, staging]
    .flatMap(({ primaryCertificate, multiStackedCertificates }) => [primaryCertificate, ...multiStackedCertificates])
    .flatMap((certificate) => certificate?.expiry ?? [])
    .sort((a, b) => a - b)
  return earliest
}

function toAkamaiCertificate(slots: Slots, enrollment: AkamaiEnrollment, row: WireEnrollment): AkamaiCertificate {
  const { contract } = enrollment
  // All slots describe the same certificate: a member that one of them lacks is taken from the next.
  const firstKnown = <Value>(read: (slot: Slot) => Value | null) =>
    slots.map(read).find((value) => value !== null) ?? null
  const issuer = firstKnown(({ certificate }) => certificate.issuer)
  const inProduction = slots.some(({ deployment }) => deployment.network === 'PRODUCTION')
  return {
    __typename: 'AkamaiCertificate',
    id: toGlobalId('AkamaiCertificate', contract.vendorId, enrollment.enrollmentId, ...identityOf(slots[0])),
    provider: 'AKAMAI',
    place: contract,
    enrollment,
    name: enrollment.commonName,
    // It may be in a part of production that could not be read.
    active: inProduction || (row.production.unreadable > 0 ? null : false),
    createdAt: null,
    validFrom: undefined,
    expiresAt: firstKnown(({ certificate }) => certificate.expiry),
    declaredExpired: false,
    deleted: false,
    x509: {
      issuer: issuer && tidyDistinguishedName(issuer),
      serialNumber: firstKnown(({ serial }) => serial),
      sha256Fingerprint: firstKnown(({ fingerprint }) => fingerprint),
      keyAlgorithm: firstKnown(({ certificate }) => certificate.keyAlgorithm),
      signatureAlgorithm: firstKnown(({ certificate }) => certificate.signatureAlgorithm),
      subjectAltNames: enrollment.subjectAltNames,
    },
    deployments: uniqueDeployments(slots),
    parseIssues: [...new Set([...row.issues, ...boundIssues(new Set(slots.flatMap(issuesOf)))])],
  }
}

/** One deployment per network and role, also when the certificate is listed there twice. */
function uniqueDeployments(slots: Slots): readonly AkamaiDeployment[] {
  return [...new Map(slots.map(({ deployment }) => [`${deployment.network} ${deployment.role}`, deployment])).values()]
}
