import type { Limit } from './rate-limit/limit.ts'

/** The settings of calls to a vendor. All times are in milliseconds. */
export interface UpstreamSettings {
  /** For one call. */
  readonly timeout: number
  /** For one reading of a place, with all its pages. */
  readonly readingTimeout: number
  /** Calls in flight per account. */
  readonly concurrency: number
  /** How long a reading of certificates is fresh. */
  readonly ttl: number
  /** How long a list of projects or contracts, or a looked-up domain, is fresh. */
  readonly discoveryTtl: number
  /** How long after its ttl a reading is served while it is refreshed. */
  readonly staleWhileRevalidate: number
  /** How long after its ttl a reading is served when its refresh fails. */
  readonly staleIfError: number
  /** The smallest `maxStaleness`: a younger reading is never made again. */
  readonly minReadingAge: number
  /** Whether every place is prefetched. */
  readonly prefetch: boolean
  /** The vendor's rate limits. */
  readonly limits: readonly Limit[]
}

/** The defaults. Each vendor has its own `ttl` and `limits`. */
export const defaultSettings: UpstreamSettings = {
  timeout: 10_000,
  readingTimeout: 60_000,
  concurrency: 8,
  ttl: 0,
  discoveryTtl: 300_000,
  staleWhileRevalidate: 300_000,
  staleIfError: 86_400_000,
  minReadingAge: 10_000,
  prefetch: false,
  limits: [],
}
