import type { ExpiryStatus } from '../catalog/expiry.ts'
import type { RecordedChange } from '../changes/change.ts'
import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { statusOrder } from './event-kind.ts'

/** A place as events have it. */
export interface EventPlace {
  /** The global id. */
  readonly id: string
  readonly provider: string
  readonly vendorId: string
  /** Null when it is not known. */
  readonly name: string | null
}

/** A change of a certificate, with what is known of the certificate at that moment. */
export interface CertificateEvent {
  readonly change: RecordedChange
  readonly place: EventPlace
  /** Null when it is gone, or its list is not known to this process. */
  readonly certificate: PlacedCertificate | null
  readonly owner: CertificateOwner | null
  /** That of the change, else that of the certificate at that moment. */
  readonly status: ExpiryStatus
}

/** The beginning or the end of an outage of one source. */
export interface SourceEvent {
  readonly kind: 'SOURCE_RECOVERED' | 'SOURCE_UNAVAILABLE'
  readonly place: EventPlace
  /** CERTIFICATES, DISCOVERY, or another kind of source of the vendor. */
  readonly sourceKind: string
  /** Wall-clock time of the first failure. */
  readonly since: number
  /** Wall-clock time of the event. */
  readonly at: number
  /** Why the source cannot be read; null when it can. */
  readonly error: { readonly code: string; readonly message: string; readonly httpStatus: number | null } | null
}

/** Where a status is in the order of `minStatus`. */
export const statusRank = (status: ExpiryStatus): number => statusOrder.indexOf(status)
