/** How a vendor is talked to. All times in milliseconds. */
export interface UpstreamSettings {
  /** One call. */
  readonly timeout: number
  /** One reading of a place, all its pages. */
  readonly readingTimeout: number
  /** Calls in flight per account. */
  readonly concurrency: number
  /** How long a reading of certificates serves. */
  readonly ttl: number
  /** How long a list of projects or contracts, or a looked-up domain, serves. */
  readonly discoveryTtl: number
}

/** What holds unless it is configured; how long readings serve is each vendor's own. */
export const defaultSettings: UpstreamSettings = {
  timeout: 10_000,
  readingTimeout: 60_000,
  concurrency: 8,
  ttl: 0,
  discoveryTtl: 300_000,
}
