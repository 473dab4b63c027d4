import { noX509Details } from '../../catalog/x509.ts'
import { toGlobalId } from '../global-id.ts'
import type { PlacedCertificate } from '../place.ts'
import type { LivePersonAccount } from './places.ts'
import type { WireCertificate } from './wire.ts'

/** Whether a certificate is active, by its status in lower case. */
const activeByStatus: ReadonlyMap<string, boolean> = new Map([
  ['available', true],
  ['unavailable', false],
])

export class LivePersonCertificate implements PlacedCertificate {
  readonly __typename = 'LivePersonCertificate'
  readonly provider = 'LIVEPERSON'
  readonly place: LivePersonAccount
  readonly certificateId: string
  readonly name: string | null
  readonly displayName: string | null
  readonly active: boolean | null
  readonly createdAt = null
  readonly validFrom = null
  readonly expiresAt: number | null
  readonly declaredExpired: boolean
  readonly deleted: boolean | null
  /** The status at LivePerson. */
  readonly vendorStatus: string | null
  readonly x509 = noX509Details
  readonly parseIssues: readonly string[]

  constructor(row: WireCertificate, account: LivePersonAccount) {
    const vendorStatus = row.status?.trim() ?? null
    const status = vendorStatus?.toLowerCase() ?? ''
    this.place = account
    this.certificateId = row.id
    this.name = row.name
    this.displayName = row.displayName
    this.active = activeByStatus.get(status) ?? null
    this.expiresAt = row.expirationDate
    this.declaredExpired = status === 'expired'
    this.deleted = row.deleted
    this.vendorStatus = vendorStatus
    this.parseIssues = row.issues
  }

  get id(): string {
    return toGlobalId(this.__typename, this.place.vendorId, this.certificateId)
  }
}

export function toLivePersonCertificate(row: WireCertificate, account: LivePersonAccount): LivePersonCertificate {
  return new LivePersonCertificate(row, account)
}
