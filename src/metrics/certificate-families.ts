import { type ExpiryRules, expiryStatus } from '../catalog/expiry.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { OwnerOf } from './owner.ts'
import type { Family, Labels, Sample } from './text-format.ts'

interface SeriesOptions {
  readonly now: number
  readonly expiry: ExpiryRules
  readonly labelsOf: (certificate: PlacedCertificate) => Labels
  readonly ownerOf: OwnerOf
  /** Called for a certificate whose labels are those of another one. Prometheus would reject the whole scrape. */
  readonly onCollision: (certificate: PlacedCertificate) => void
}

const names = {
  x509_cert_not_after: 'Unix time at which the certificate expires.',
  x509_cert_not_before: 'Unix time from which on the certificate is valid.',
  x509_cert_expired: '1 if the certificate has expired, else 0.',
  x509_cert_error: '1 if a part of what the vendor says about the certificate could not be read, else 0.',
  certgraph_certificate_renewal_covered:
    '1 if the certificate is replaced before it expires, 0 if not. Absent while that is not known.',
}

/** The series of single certificates. A value that is not known has no series. */
export async function toCertificateFamilies(
  certificates: readonly PlacedCertificate[],
  { now, expiry, labelsOf, ownerOf, onCollision }: SeriesOptions,
  timeSlice: TimeSlice,
): Promise<readonly Family[]> {
  const samples: Record<keyof typeof names, Sample[]> = {
    x509_cert_not_after: [],
    x509_cert_not_before: [],
    x509_cert_expired: [],
    x509_cert_error: [],
    certgraph_certificate_renewal_covered: [],
  }
  const chosen = new Map<string, PlacedCertificate>()
  await visitInSlices(certificates, timeSlice, (certificate) => {
    const { filepath, discriminator } = labelsOf(certificate)
    const identity = `${filepath} ${discriminator}`
    const other = chosen.get(identity)
    if (other) onCollision(certificate)
    // The one that expires first, so that no alert is missing.
    if (!other || expiresBefore(certificate, other)) chosen.set(identity, certificate)
  })
  await visitInSlices([...chosen.values()], timeSlice, (certificate) => {
    const sharedLabels = labelsOf(certificate)
    const labels = { owner: ownerOf(certificate) }
    const add = (name: keyof typeof names, value: number | null | undefined) => {
      if (value !== null && value !== undefined) samples[name].push({ labels, sharedLabels, value })
    }
    add('x509_cert_not_after', toSeconds(certificate.expiresAt))
    add('x509_cert_not_before', toSeconds(certificate.validFrom))
    add('x509_cert_expired', toNumber(expiryStatus(certificate, now, expiry) === 'EXPIRED'))
    add('x509_cert_error', toNumber(certificate.parseIssues.length > 0))
    add('certgraph_certificate_renewal_covered', toNumber(certificate.place.lastRenewal(certificate, now)))
  })
  const entries = Object.entries(names) as [keyof typeof names, string][]
  return entries.map(([name, help]) => ({ name, help, type: 'gauge', samples: samples[name] }))
}

function expiresBefore({ expiresAt: a }: PlacedCertificate, { expiresAt: b }: PlacedCertificate): boolean {
  return (a ?? Number.POSITIVE_INFINITY) < (b ?? Number.POSITIVE_INFINITY)
}

/** Certificates have whole seconds. */
function toSeconds(milliseconds: number | null | undefined): number | null {
  return milliseconds === null || milliseconds === undefined ? null : Math.floor(milliseconds / 1000)
}

function toNumber(flag: boolean | null): number | null {
  return flag === null ? null : Number(flag)
}
