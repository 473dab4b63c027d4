/** A certificate, as far as changes to it are recorded. Times are milliseconds since the epoch. */
export interface ListedCertificate {
  /** Global id. */
  readonly id: string
  readonly name: string | null
  readonly expiresAt: number | null
  /** Null when the list does not have it. */
  readonly validFrom: number | null
  /** Whether it is in force in this place; null when that is not known. */
  readonly active: boolean | null
  /** Whether the vendor says that it has expired. */
  readonly declaredExpired: boolean
  /** A certificate that replaces another one has the same key. Null when it is not known. */
  readonly replacementKey: string | null
  /** What identifies it besides its id. Null: nothing does. */
  readonly identity: ListedIdentity | null
}

/** What identifies a certificate when a list lacks a part of what its id is made of. */
export interface ListedIdentity {
  /** Certificates of other groups are other certificates. */
  readonly group: string
  readonly serialNumber: string | null
  readonly keyType: string | null
  /** Whether the id is made of the content of the certificate: certificates with two such ids are two. */
  readonly isUnique: boolean
}

/** A place whose lists are compared. */
export interface ObservedPlace {
  /** The digest of all that identifies the place, whatever credential it is read with. */
  readonly historyKey: string
  readonly provider: string
  /** Global id. */
  readonly id: string
  readonly vendorId: string
}

/** Certificates by their index in a list. */
export interface ListedCertificates {
  readonly length: number
  /** A new object, with an id that is made for it. */
  at(index: number): ListedCertificate
  /** What thresholds need of it, which costs nothing. */
  datesAt(index: number): CertificateDates
}

export interface CertificateDates {
  readonly expiresAt: number | null
  readonly validFrom?: number | null | undefined
}

/** A complete list of the certificates of a place, which this process has read. It never changes. */
export interface ObservedList extends ListedCertificates {
  readonly place: ObservedPlace
  /** The global id of the account that it was read through; null for the list of an account. */
  readonly account: string | null
  /** Wall-clock time at which its first call was made. */
  readonly asOf: number
  /** Whether a row was on two of its pages. The rows may have moved while it was read, and another one may be on none. */
  readonly hasRepeats: boolean
  /** Whether another list of the place has the same at an index. It costs less than to make both certificates. */
  hasSameAt(index: number, other: ObservedList): boolean
}

/** A change at a vendor that a caller of this program makes. */
export interface ExpectedChange {
  readonly historyKey: string
  /** Global id. */
  readonly certificateId: string
  readonly kinds: readonly string[]
}

/** What follows the lists of certificates, to record how they change. */
export interface ListObserver {
  listRead(list: ObservedList): void
  /** A caller makes these changes: when they are found, they are recorded with the name. Null: the caller has none. */
  expect(changes: readonly ExpectedChange[], actor: string | null): Promise<void>
  /** The changes were not made. */
  forget(changes: readonly ExpectedChange[]): Promise<void>
}
