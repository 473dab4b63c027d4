import { hexFingerprint, hexSerial, toKeyAlgorithm } from '../../catalog/spelling.ts'
import type { X509Details } from '../../catalog/x509.ts'
import { shareTexts } from '../shared-values.ts'
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
  readonly keyAlgorithm: string | null
}

function slotsOf(row: WireEnrollment): Slot[] {
  const slots: Slot[] = []
  const names = row.csr.sans ?? row.production.networkConfiguration.dnsNames ?? []
  addSlots(slots, 'PRODUCTION', row.production, names)
  addSlots(slots, 'STAGING', row.staging, names)
  return slots
}

function addSlots(
  slots: Slot[],
  network: AkamaiDeployment['network'],
  { primaryCertificate, multiStackedCertificates, networkConfiguration }: WireEnrollment['production'],
  names: readonly string[],
): void {
  if (primaryCertificate) {
    const deployment = toDeployment(network, 'PRIMARY', networkConfiguration, names)
    slots.push(toSlot(deployment, primaryCertificate, 0, slots[0]))
  }
  for (const [index, certificate] of multiStackedCertificates.entries()) {
    const deployment = toDeployment(network, 'MULTI_STACKED', networkConfiguration, names)
    slots.push(toSlot(deployment, certificate, index, slots[0]))
  }
}

/** Both networks usually have the same certificate: its members are converted once. */
function toSlot(deployment: AkamaiDeployment, certificate: WireCertificate, index: number, first?: Slot): Slot {
  const { sha256Fingerprint, serial, keyAlgorithm } = certificate
  return {
    deployment,
    index,
    certificate,
    fingerprint:
      first && sha256Fingerprint === first.certificate.sha256Fingerprint
        ? first.fingerprint
        : sha256Fingerprint && hexFingerprint(sha256Fingerprint),
    serial: first && serial === first.certificate.serial ? first.serial : serial && hexSerial(serial),
    keyAlgorithm: keyAlgorithm && toKeyAlgorithm(keyAlgorithm),
  }
}

/**
 * Member by member, so that all deployments have the same hidden class.
 * @param names a list that equal DNS names share: most often they are those of the signing request
 */
function toDeployment(
  network: AkamaiDeployment['network'],
  role: AkamaiDeployment['role'],
  settings: WireNetworkConfiguration,
  names: readonly string[],
): AkamaiDeployment {
  return {
    network,
    role,
    dnsNames: settings.dnsNames && shareTexts(settings.dnsNames, names),
    geography: settings.geography,
    secureNetwork: settings.secureNetwork,
    sniOnly: settings.sniOnly,
    quicEnabled: settings.quicEnabled,
    ocspStapling: settings.ocspStapling,
    disallowedTlsVersions: settings.disallowedTlsVersions,
  }
}

/** The slots that hold one certificate. */
export type Slots = readonly [Slot, ...Slot[]]

/** Groups the slots by certificate: by fingerprint, or else by serial number and key algorithm. */
export function groupSlots(row: WireEnrollment): readonly Slots[] {
  const all = slotsOf(row)
  if (isOneCertificate(all)) return [all]
  const groups: [Slot, ...Slot[]][] = []
  const byFingerprint = new Map<string, [Slot, ...Slot[]]>()
  const bySerial = new Map<string, [Slot, ...Slot[]]>()
  // Slots with a fingerprint first: a slot without one then joins their group by serial number.
  const slots = [
    ...all.filter(({ fingerprint }) => fingerprint !== null),
    ...all.filter(({ fingerprint }) => fingerprint === null),
  ]
  for (const slot of slots) {
    const { fingerprint, serial, keyAlgorithm } = slot
    const serialKey = serial && JSON.stringify([serial, keyAlgorithm])
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

/** Whether all slots have the same fingerprint, as most often. */
function isOneCertificate(slots: readonly Slot[]): slots is Slots {
  const fingerprint = slots[0]?.fingerprint ?? null
  return fingerprint !== null && slots.every((slot) => slot.fingerprint === fingerprint)
}

/** The parse issues of a slot. */
export function issuesOf({ certificate, fingerprint, serial }: Slot): readonly string[] {
  if (certificate.issues.length === 0 && fingerprint !== null && serial !== null) return certificate.issues
  const issues = [...certificate.issues]
  if (certificate.sha256Fingerprint !== null && fingerprint === null)
    issues.push('sha256Fingerprint: expected 64 hex digits')
  if (certificate.serial !== null && serial === null) issues.push('serial: expected hex digits')
  if (fingerprint === null && serial === null)
    issues.push('neither sha256Fingerprint nor serial: known by its slot alone')
  return issues
}
