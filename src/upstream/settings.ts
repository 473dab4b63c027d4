import type { Limit } from './rate-limit/limit.ts'

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
  /** How long after that a reading serves while it is renewed. */
  readonly staleWhileRevalidate: number
  /** How long after its ttl a reading still serves when it cannot be renewed. */
  readonly staleIfError: number
  /** A reading younger than this is not made again, whatever is asked for. */
  readonly minReadingAge: number
  /** Every place is read ahead of need. */
  readonly prefetch: boolean
  /** How often the vendor lets itself be called. */
  readonly limits: readonly Limit[]
}

/** What holds unless it is configured; how long readings serve, and the limits, are each vendor's own. */
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
