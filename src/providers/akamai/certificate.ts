import type { FromReading } from '../../catalog/certificate.ts'
import { tidyDistinguishedName } from '../../catalog/distinguished-name.ts'
import { hexFingerprint, hexSerial, toSubjectAltNames } from '../../catalog/spelling.ts'
import { toGlobalId } from '../global-id.ts'
import type { HeldCertificate } from '../place.ts'
import type { AkamaiContract } from './places.ts'
import type { WireCertificate, WireEnrollment, WireNetworkConfiguration, WirePendingChange } from './wire.ts'

export const akamaiNetworks = ['PRODUCTION', 'STAGING'] as const
export const akamaiRoles = ['MULTI_STACKED', 'PRIMARY'] as const

/** Where a certificate is deployed, with the configuration of that network. */
export interface AkamaiDeployment extends WireNetworkConfiguration {
  readonly network: (typeof akamaiNetworks)[number]
  readonly role: (typeof akamaiRoles)[number]
}

export interface AkamaiCertificate extends HeldCertificate {
  readonly scope: AkamaiContract
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
  readonly pendingChanges: readonly WirePendingChange[]
  /** None while nothing is deployed yet. */
  readonly certificates: readonly AkamaiCertificate[]
}

export type ReadEnrollment = FromReading<AkamaiEnrollment>

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
    certificates,
  }
  for (const slots of groupByIdentity(slotsOf(row))) certificates.push(toAkamaiCertificate(slots, enrollment, row))
  return enrollment
}

/** One place on a network in which a certificate can stand. */
interface Slot {
  readonly deployment: AkamaiDeployment
  readonly index: number
  readonly certificate: WireCertificate
  readonly fingerprint: string | null
  readonly serial: string | null
}

function slotsOf(row: WireEnrollment): readonly Slot[] {
  return akamaiNetworks.flatMap((network) => {
    const { primaryCertificate, multiStackedCertificates, networkConfiguration } =
      row[network === 'PRODUCTION' ? 'production' : 'staging']
    const slot = (role: AkamaiDeployment['role']) => (certificate: WireCertificate, index: number) => ({
      deployment: { network, role, ...networkConfiguration },
      index,
      certificate,
      fingerprint: certificate.sha256Fingerprint && hexFingerprint(certificate.sha256Fingerprint),
      serial: certificate.serial && hexSerial(certificate.serial),
    })
    const primary = primaryCertificate ? [primaryCertificate] : []
    return [...primary.map(slot('PRIMARY')), ...multiStackedCertificates.map(slot('MULTI_STACKED'))]
  })
}

type Slots = readonly [Slot, ...Slot[]]

/** The slots that hold the same certificate stand together: by fingerprint, else by serial number and key algorithm. */
function groupByIdentity(slots: readonly Slot[]): readonly Slots[] {
  const groups: [Slot, ...Slot[]][] = []
  // Those with a fingerprint first, so that one that lacks it finds its like by serial number.
  for (const slot of [...slots].sort((a, b) => Number(a.fingerprint === null) - Number(b.fingerprint === null))) {
    const group = groups.find(([first]) => sameCertificate(first, slot))
    if (group) group.push(slot)
    else groups.push([slot])
  }
  return groups
}

function sameCertificate(a: Slot, b: Slot): boolean {
  if (a.fingerprint !== null && b.fingerprint !== null) return a.fingerprint === b.fingerprint
  return a.serial !== null && a.serial === b.serial && a.certificate.keyAlgorithm === b.certificate.keyAlgorithm
}

function toAkamaiCertificate(slots: Slots, enrollment: AkamaiEnrollment, row: WireEnrollment): AkamaiCertificate {
  const { contract } = enrollment
  // Every slot tells of the same certificate: what is silent or garbled in one is taken from the next.
  const told = <Value>(read: (slot: Slot) => Value | null) => slots.map(read).find((value) => value !== null) ?? null
  const issuer = told(({ certificate }) => certificate.issuer)
  const inProduction = slots.some(({ deployment }) => deployment.network === 'PRODUCTION')
  return {
    __typename: 'AkamaiCertificate',
    id: toGlobalId('AkamaiCertificate', contract.vendorId, enrollment.enrollmentId, ...identity(slots[0])),
    provider: 'AKAMAI',
    scope: contract,
    enrollment,
    name: enrollment.commonName,
    // It may stand in a part of production that could not be read.
    active: inProduction || (row.production.unreadable > 0 ? null : false),
    createdAt: null,
    validFrom: null,
    expiresAt: told(({ certificate }) => certificate.expiry),
    declaredExpired: false,
    deleted: false,
    x509: {
      subject: null,
      issuer: issuer && tidyDistinguishedName(issuer),
      serialNumber: told(({ serial }) => serial),
      sha256Fingerprint: told(({ fingerprint }) => fingerprint),
      keyAlgorithm: told(({ certificate }) => certificate.keyAlgorithm),
      signatureAlgorithm: told(({ certificate }) => certificate.signatureAlgorithm),
      subjectAltNames: enrollment.subjectAltNames,
    },
    deployments: uniqueDeployments(slots),
    parseIssues: [...new Set([...row.issues, ...slots.flatMap(issuesOf)])],
  }
}

/** A certificate that stands twice among those of one role is deployed there once. */
function uniqueDeployments(slots: Slots): readonly AkamaiDeployment[] {
  return [...new Map(slots.map(({ deployment }) => [`${deployment.network} ${deployment.role}`, deployment])).values()]
}

/** What tells it from the other certificates of its enrollment. */
function identity({ fingerprint, serial, certificate, deployment, index }: Slot): readonly string[] {
  if (fingerprint !== null) return [fingerprint]
  if (serial !== null) return [serial, certificate.keyAlgorithm ?? '']
  return [deployment.network, deployment.role, ...(index > 0 ? [String(index)] : [])]
}

function issuesOf({ certificate, fingerprint, serial }: Slot): readonly string[] {
  const issues = [...certificate.issues]
  if (certificate.sha256Fingerprint !== null && fingerprint === null)
    issues.push('sha256Fingerprint: expected 64 hex digits')
  if (certificate.serial !== null && serial === null) issues.push('serial: expected hex digits')
  if (fingerprint === null && serial === null)
    issues.push('neither sha256Fingerprint nor serial: known by its slot alone')
  return issues
}
