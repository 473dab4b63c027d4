/** One HTTP request to a vendor that has ended. */
export interface EndedRequest {
  readonly provider: string
  /** The account whose credential was used, by its id in the configuration. */
  readonly account: string
  /** The resource in the vendor's table of limits. */
  readonly resource: string
  /** Monotonic times. */
  readonly startedAt: number
  readonly endedAt: number
  /** Why it failed; undefined when it succeeded. */
  readonly error: unknown
}

/**
 * How an operation got a reading: kept within its ttl, kept and older, made for this operation, or made for another one at the
 * same time.
 */
export type ReadingResult = 'fresh' | 'stale' | 'miss' | 'shared'

/** The place that a reading is of. */
interface ReadPlace {
  readonly id: string
  readonly provider: string
  readonly vendorId: string
  readonly readingKey: string
}

/** What was read of a place. */
export interface ReadSource {
  readonly place: ReadPlace
  /** CERTIFICATES, DISCOVERY, or one of the vendor's `sourceKinds`. */
  readonly kind: string
}

/** Counts what happens between this program and the vendors. Nothing is thrown. */
export interface UpstreamObserver {
  requestEnded(request: EndedRequest): void
  /** Operations got this many readings. */
  readingsServed(result: ReadingResult, count: number): void
  /** An attempt to make a reading failed, or waits because the vendor answered 429. */
  readingFailed(source: ReadSource, error: unknown): void
}
