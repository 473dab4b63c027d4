import type { ExpiryStatus } from '../catalog/expiry.ts'

/** What can happen to a certificate in a place. */
export const changeKinds = [
  'ACTIVATED',
  'APPEARED',
  'DEACTIVATED',
  'EXPIRED',
  'EXPIRING',
  'RENEWED',
  'VANISHED',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** A change as it is recorded. It does not depend on what is configured or read later. */
export interface RecordedChange {
  /** Its place in the history, from 1: a later change has a greater number. */
  readonly sequence: number
  /** The opaque id of the change. It contains the sequence and the history that the change belongs to. */
  readonly id: string
  readonly kind: ChangeKind
  /** Wall-clock time at which it was noticed, or at which the threshold was crossed. */
  readonly at: number
  readonly provider: string
  /** The global id of the place. */
  readonly placeId: string
  /** The vendor's id of the place, by which callers are limited. */
  readonly placeVendorId: string
  /** The global id of the certificate. */
  readonly certificateId: string
  readonly name: string | null
  readonly expiresAt: number | null
  /** EXPIRING and EXPIRED: the status it moved to. */
  readonly expiryStatus: ExpiryStatus | null
  /** RENEWED: the global id of the certificate that it replaces. */
  readonly replacesId: string | null
  /** The name of the caller whose write it was; null for changes made elsewhere. */
  readonly actor: string | null
}

/** The recorded changes in their order. */
export interface ChangeFeed {
  /** The sequence of the last change; 0 when there is none. */
  last(): Promise<number>
  /** The sequence of the change with this id; null when it is not an id of this history. */
  sequenceOf(id: string): number | null
  /** The changes after a sequence, as they are kept, and then those that are recorded, until the signal aborts. */
  follow(after: number, signal: AbortSignal): AsyncIterable<readonly RecordedChange[]>
}
