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
export interface ReadPlace {
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

/** The times of a reading, and whether something is missing in it. */
export interface MadeReading {
  /** Wall-clock time: nothing in the reading is older. */
  readonly asOf: number
  /** Monotonic time from which on an operation waits for another reading. */
  readonly freshUntil: number
  /** Monotonic time until which the reading is served when no other can be made. */
  readonly servedUntil: number
  readonly isWhole: boolean
}

/** Counts what happens between this program and the vendors. Nothing is thrown. */
export interface UpstreamObserver {
  requestEnded(request: EndedRequest): void
  /** Operations got this many readings. */
  readingsServed(result: ReadingResult, count: number): void
  /** A reading was made, here or by another replica. */
  readingMade(source: ReadSource, reading: MadeReading): void
  /** A reading could not be made. */
  readingFailed(source: ReadSource, error: unknown, freshUntil: number): void
}
