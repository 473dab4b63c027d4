import { hexFingerprint, hexSerial } from '../../catalog/spelling.ts'
import type { X509Details } from '../../catalog/x509.ts'
import type { WireEnrollment } from './wire.ts'
import type { WireCertificate, WireNetworkConfiguration } from './wire-network.ts'

/** The X.509 fields of Akamai's list. */
export type ListedX509 = Pick<
  X509Details,
  'issuer' | 'serialNumber' | 'sha256Fingerprint' | 'keyAlgorithm' | 'signatureAlgorithm' | 'subjectAltNames'
>

export const akamaiNetworks = ['PRODUCTION', 'STAGING'] as const
export const akamaiRoles = ['MULTI_STACKED', 'PRIMARY'] as const

/** Where a certificate is deployed, with the configuration of that network. */
export interface AkamaiDeployment extends WireNetworkConfiguration {
  readonly network: (typeof akamaiNetworks)[number]
  readonly role: (typeof akamaiRoles)[number]
}

/** A position on a network that holds one certificate. */
export interface Slot {
  readonly deployment: AkamaiDeployment
  readonly index: number
  readonly certificate: WireCertificate
  readonly fingerprint: string | null
  readonly serial: string | null
}

function slotsOf(row: WireEnrollment): Slot[] {
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

/** The slots that hold one certificate. */
export type Slots = readonly [Slot, ...Slot[]]

/** Groups the slots by certificate: by fingerprint, or else by serial number and key algorithm. */
export function groupSlots(row: WireEnrollment): readonly Slots[] {
  const groups: [Slot, ...Slot[]][] = []
  // Slots with a fingerprint first: a slot without one then joins their group by serial number.
  const slots = slotsOf(row).sort((a, b) => Number(a.fingerprint === null) - Number(b.fingerprint === null))
  for (const slot of slots) {
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

/** Identifies a certificate within its enrollment. */
export function identityOf({ fingerprint, serial, certificate, deployment, index }: Slot): readonly string[] {
  if (fingerprint !== null) return [fingerprint]
  if (serial !== null) return [serial, certificate.keyAlgorithm ?? '']
  return [deployment.network, deployment.role, ...(index > 0 ? [String(index)] : [])]
}

/** The parse issues of a slot. */
export function issuesOf({ certificate, fingerprint, serial }: Slot): readonly string[] {
  const issues = [...certificate.issues]
  if (certificate.sha256Fingerprint !== null && fingerprint === null)
    issues.push('sha256Fingerprint: expected 64 hex digits')
  if (certificate.serial !== null && serial === null) issues.push('serial: expected hex digits')
  if (fingerprint === null && serial === null)
    issues.push('neither sha256Fingerprint nor serial: known by its slot alone')
  return issues
}
