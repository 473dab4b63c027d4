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
  const byFingerprint = new Map<string, [Slot, ...Slot[]]>()
  const bySerial = new Map<string, [Slot, ...Slot[]]>()
  // Slots with a fingerprint first: a slot without one then joins their group by serial number.
  const slots = slotsOf(row).sort((a, b) => Number(a.fingerprint === null) - Number(b.fingerprint === null))
  for (const slot of slots) {
    const { fingerprint, serial, certificate } = slot
    const serialKey = serial && JSON.stringify([serial, certificate.keyAlgorithm])
    const known = fingerprint ? byFingerprint.get(fingerprint) : serialKey && bySerial.get(serialKey)
    if (known) {
      known.push(slot)
      continue
    }
    const group: [Slot, ...Slot[]] = [slot]
    groups.push(group)
    if (fingerprint) byFingerprint.set(fingerprint, group)
    // Of several certificates with one serial number, the first is joined.
    if (serialKey && !bySerial.has(serialKey)) bySerial.set(serialKey, group)
  }
  return groups
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
