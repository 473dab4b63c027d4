import type { ReadCertificate } from '../catalog/certificate.ts'
import { daysUntilExpiry, type ExpiryRules, type ExpiryStatus, expiryStatus } from '../catalog/expiry.ts'
import type { X509Details } from '../catalog/x509.ts'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { OwnerRules } from '../owners/owner-rules.ts'
import { parseGlobalId } from '../providers/global-id.ts'
import type { PlacedCertificate } from '../providers/place.ts'

/** A certificate in an export. The members are those of the GraphQL type. Times are milliseconds since the epoch. */
export interface ExportRow {
  readonly id: string
  readonly provider: string
  readonly place: ExportPlace
  /** The vendor's id of the certificate. */
  readonly vendorId: string
  readonly name: string | null
  readonly owner: CertificateOwner | null
  readonly createdAt: number | null
  readonly validFrom: number | null
  readonly expiresAt: number | null
  readonly daysUntilExpiry: number | null
  readonly expiryStatus: ExpiryStatus
  readonly active: boolean | null
  /** Whether it is soft-deleted. */
  readonly deleted: boolean
  /** The X.509 fields, as far as they were read. */
  readonly x509: Partial<X509Details>
  readonly asOf: number
  readonly stale: boolean
  readonly parseIssues: readonly string[]
}

/** What the list of a vendor always has of it, and its owner. */
export type ListedRow = Pick<ExportRow, 'id' | 'provider' | 'place' | 'name' | 'owner' | 'expiresAt'>

interface ExportPlace {
  readonly id: string
  readonly vendorId: string
  /** Its name, otherwise the vendor's id. */
  readonly label: string
}

interface RowContext {
  readonly now: number
  readonly thresholds: ExpiryRules
  readonly owners: OwnerRules
  /** What was read of certificates whose lists do not identify them, by id. */
  readonly details: ReadonlyMap<string, X509Details>
  /** Whether certificates are in force whose lists do not say so, by id. */
  readonly active: ReadonlyMap<string, boolean | null>
}

/** Converts a certificate to the row of an export. */
export function toExportRow(
  certificate: ReadCertificate<PlacedCertificate>,
  { now, thresholds, owners, ...read }: RowContext,
): ExportRow {
  const { id, provider, name, place, expiresAt } = toListedRow(certificate)
  const { createdAt, asOf, stale } = certificate
  const x509 = { ...certificate.x509, ...read.details.get(id) }
  return {
    id,
    provider,
    place,
    vendorId: vendorIdOf(certificate),
    name,
    owner: owners.ownerOf(certificate),
    createdAt,
    // Null: the vendor reports none, whatever the certificate says.
    validFrom: certificate.validFrom === undefined ? (x509.validFrom ?? null) : certificate.validFrom,
    expiresAt,
    daysUntilExpiry: daysUntilExpiry(expiresAt, now),
    expiryStatus: expiryStatus(certificate, now, thresholds),
    active: certificate.active ?? read.active.get(id) ?? null,
    deleted: certificate.deleted === true,
    x509,
    asOf,
    stale,
    parseIssues: certificate.parseIssues,
  }
}

/** The part of a row that every list has. */
export function toListedRow({
  id,
  provider,
  place: { id: placeId, vendorId, name: placeName },
  name,
  expiresAt,
}: Pick<PlacedCertificate, 'id' | 'provider' | 'place' | 'name' | 'expiresAt'>): Omit<ListedRow, 'owner'> {
  return { id, provider, place: { id: placeId, vendorId, label: placeName ?? vendorId }, name, expiresAt }
}

/** The vendor's id within the place, which global ids end with. */
function vendorIdOf({ id, place }: Pick<PlacedCertificate, 'id' | 'place'>): string {
  const { key } = parseGlobalId(id)
  return key.slice(key.indexOf(place.vendorId) + 1).join('/')
}
