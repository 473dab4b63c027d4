import { noX509Details } from '../../catalog/x509.ts'
import { toGlobalId } from '../global-id.ts'
import type { PlacedCertificate } from '../place.ts'
import type { LivePersonAccount } from './places.ts'
import type { WireCertificate } from './wire.ts'

export interface LivePersonCertificate extends PlacedCertificate {
  readonly place: LivePersonAccount
  readonly certificateId: string
  readonly displayName: string | null
  /** The status at LivePerson. */
  readonly vendorStatus: string | null
}

/** Whether a certificate is active, by its status in lower case. */
const activeByStatus: ReadonlyMap<string, boolean> = new Map([
  ['available', true],
  ['unavailable', false],
])

export function toLivePersonCertificate(row: WireCertificate, account: LivePersonAccount): LivePersonCertificate {
  const vendorStatus = row.status?.trim() ?? null
  const status = vendorStatus?.toLowerCase() ?? ''
  return {
    __typename: 'LivePersonCertificate',
    id: toGlobalId('LivePersonCertificate', account.vendorId, row.id),
    provider: 'LIVEPERSON',
    place: account,
    certificateId: row.id,
    name: row.name,
    displayName: row.displayName,
    active: activeByStatus.get(status) ?? null,
    createdAt: null,
    validFrom: null,
    expiresAt: row.expirationDate,
    declaredExpired: status === 'expired',
    deleted: row.deleted,
    vendorStatus,
    x509: noX509Details,
    parseIssues: row.issues,
  }
}
