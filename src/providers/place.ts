import type { Certificate, ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import type { X509Details } from '../catalog/x509.ts'
import type { Operation, PlaceIndex } from '../operation.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { ReadingFailure, UpstreamError } from '../upstream/error.ts'
import type { BackgroundCalls } from '../upstream/rate-limit/background-calls.ts'
import type { RateLimitStatus } from '../upstream/rate-limit/rate-limiter.ts'

/** A place that holds certificates, or an account that holds such places. */
export interface Place {
  /** The GraphQL type; graphql-js resolves interfaces by this name. */
  readonly __typename: string
  /** Global id, made of the vendor's own ids. */
  readonly id: string
  readonly provider: string
  /** The vendor's own id. */
  readonly vendorId: string
  readonly name: string | null
  /** Tells its readings from those of every other place, also when two accounts reach one place. */
  readonly readingKey: string

  /** The report on this operation's reading of the place. Reads the place if nothing else has. */
  source(operation: Operation): Promise<Source>

  /**
   * The rate limit on reading the place. Null when the vendor publishes none, or the caller may not see the place. The answer
   * is not given again.
   */
  rateLimit(operation: Operation): RateLimitStatus | null

  /**
   * Whether calls to its account are suspended after repeated failures. False when the caller may not see the place. The
   * answer is not given again.
   */
  circuitOpen(operation: Operation): boolean

  /** The places whose lists hold its certificates: itself, or those below it. */
  certificateHolders(operation: Operation, maxStaleness?: number): Promise<SearchResult<CertificateHolder>>

  /** What is known of its readings, regardless of the caller. Makes no call. */
  sourceStates(): readonly SourceState[]

  /** Takes over the readings that are kept from before the start, without a call, and records the places of its discovery. */
  restore(placeIndex: Pick<PlaceIndex, 'record'>): Promise<void>
}

/** A certificate with the place that holds it. */
export interface PlacedCertificate extends Certificate {
  readonly place: CertificateHolder
}

/** The details of certificates that can be read before an operation needs them. */
export interface DetailsAhead<Row extends PlacedCertificate = PlacedCertificate> {
  /** When the calls for them may be made. */
  readonly calls: BackgroundCalls
  /** Whether the details of a certificate are known, here or in any replica. */
  has(certificate: Row): boolean | Promise<boolean>
}

/** A place that has a list of certificates. */
export interface CertificateHolder<Row extends PlacedCertificate = PlacedCertificate> extends Place {
  /** The digest by which the history knows the place, whatever credential it is read with. */
  readonly historyKey: string
  /** The account that it belongs to; null for an account. */
  readonly parent: Place | null

  /**
   * Its certificates, read once per operation, and not longer ago than `maxStaleness` milliseconds.
   * @throws UpstreamError when the list cannot be read, InputError FORBIDDEN when the caller may not see the place
   */
  read(operation: Operation, maxStaleness?: number): Promise<Reading<CertificateList<Row>>>

  /**
   * What `read` would return without waiting; null when it may have to wait, and for an operation with a `maxStaleness` or that
   * makes no calls.
   * @throws InputError FORBIDDEN when the caller may not see the place
   */
  readAtOnce(operation: Operation): Reading<CertificateList<Row>> | null

  /** What `read` would return without waiting, for a caller who may see every place; null when it may have to wait. */
  readKept(operation: Operation): Reading<CertificateList<Row>> | null

  /**
   * The monotonic time until which `read` returns this reading to every operation without `maxStaleness`, unless
   * `onReadingChange` reports a change before; null when it may return another one.
   */
  freshUntil(reading: Reading<CertificateList<Row>>): number | null

  /** Calls the listener when what is kept of its readings has changed. Returns a function that ends that. */
  onReadingChange(listener: () => void): () => void

  /** The list of its last reading, without a call; null when there is none. */
  lastList(): CertificateList<Row> | null

  /** Its last reading, without a call; null when there is none, and when it is too old to be served. */
  lastReading(): Reading<CertificateList<Row>> | null

  /** One of its certificates by global id; null when it has no such certificate. */
  find(operation: Operation, id: string): Promise<ReadCertificate<Row> | null>

  /**
   * The contents of an X.509 certificate. Costs a call unless they are known.
   * @throws UpstreamError when the certificate cannot be read, or is not one
   */
  x509(operation: Operation, certificate: Row): Promise<X509Details>

  /** The details that `x509` returns, as far as they can be read ahead; null where the list has them, or nothing has. */
  readonly detailsAhead: DetailsAhead<Row> | null

  /** Whether what `x509` has returned for a certificate is what it returns to every operation. */
  keepsX509(certificate: Row): boolean

  /** The PEM of a certificate, read anew in every operation. Null when the vendor does not return it. @throws UpstreamError */
  pem(operation: Operation, certificate: Row): Promise<string | null>

  /** The list that `active` finds certificates in; null when it would have to wait for it, and when there is none. */
  current(operation: Operation): object | null

  /** Whether a certificate is in force, also when the list it was read from does not say. */
  active(operation: Operation, certificate: Row): boolean | null | Promise<boolean | null>

  /**
   * Whether a certificate is replaced before it expires, as the last readings show, without a call; null when they do not.
   */
  lastRenewal(certificate: Row, now: number): boolean | null

  /** Which of its certificates are replaced before they expire. */
  renewals(operation: Operation, certificates: readonly Row[], maxStaleness?: number): Promise<Renewals>
}

/** What is known about the replacement of certificates. */
export interface Renewals {
  /** Ids of the certificates that are being replaced, or will be before they expire. */
  readonly covered: ReadonlySet<string>
  /** By id, why it is not known. */
  readonly unknown: ReadonlyMap<string, string>
  /** What was read to find out. */
  readonly sources: readonly Source[]
}

/** The items that a search found, and the reports on the discoveries that it needed. */
export interface SearchResult<Item> {
  readonly items: readonly Item[]
  readonly sources: readonly Source[]
}

/** The places that a vendor lists below another one. */
export interface PlaceList<Item extends Place> {
  readonly places: readonly Item[]
  readonly unreadableRows: number
}

export const sourceStatuses = ['FAILED', 'OK', 'STALE'] as const

/** What is known of one reading, outside of an operation. */
export interface SourceState {
  readonly place: Place
  /** As that of a source. */
  readonly kind: string
  /** As that of a source in an operation that reads now; UNREAD when no attempt has ended yet. */
  readonly status: 'UNREAD' | Source['status']
  /** Wall-clock time of the reading that is served. Null when there is none. */
  readonly asOf: number | null
  /** Its age in milliseconds. */
  readonly age: number | null
  /** Whether there was a reading, which may be too old to be served. */
  readonly wasRead: boolean
  /** Whether the last attempt succeeded, also when its reading is too old to be served now. */
  readonly isUp: boolean
  /** Whether the reading is older than its ttl, or there is none. */
  readonly isDue: boolean
  /** Whether the reading is too old to be served while another one is made, or there is none. */
  readonly isOverdue: boolean
  readonly certificateCount: number | null
  readonly unreadableRows: number
  /** How the last attempt failed, as operations get it. Null when it succeeded. */
  readonly error: UpstreamError | null
  /** The last error of a call that was made, until the next success: an open circuit does not replace it. */
  readonly lastAnswer: UpstreamError | null
  /**
   * Wall-clock time at which the first attempt since the last success began, which has failed or is in progress. Null when
   * there was none.
   */
  readonly attemptedSince: number | null
  /** Whether an attempt waits for a slot under a rate limit. */
  readonly isWaiting: boolean
  /** Whether an operation has read it lately. */
  readonly isInUse: boolean
  /** Whether the calls to its account are suspended. */
  readonly circuitOpen: boolean
}

/** The report on one reading: a list over many places has one for each. */
export interface Source {
  readonly place: Place
  /** CERTIFICATES, DISCOVERY, or one of the vendor's `sourceKinds`. */
  readonly kind: string
  readonly status: (typeof sourceStatuses)[number]
  /** Null when nothing was read. */
  readonly asOf: number | null
  readonly certificateCount: number | null
  readonly unreadableRows: number
  /** Why the reading failed, or why an earlier reading could not be refreshed. */
  readonly error: ReadingFailure | null
}
