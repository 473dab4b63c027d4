import type { Certificate } from './certificate.ts'

export const expiryStatuses = ['CRITICAL', 'EXPIRED', 'OK', 'UNKNOWN', 'WARNING'] as const
export type ExpiryStatus = (typeof expiryStatuses)[number]

/** How many milliseconds before its end a certificate counts as a warning, and as critical. */
export interface ExpiryThresholds {
  readonly critical: number
  readonly warning: number
}

type Expiring = Pick<Certificate, 'expiresAt' | 'declaredExpired'>

/** Where a certificate stands at that moment. A date decides; without one, the vendor's word `expired` does. */
export function expiryStatus(certificate: Expiring, now: number, thresholds: ExpiryThresholds): ExpiryStatus {
  if (certificate.expiresAt === null) return certificate.declaredExpired ? 'EXPIRED' : 'UNKNOWN'
  const left = certificate.expiresAt - now
  if (left <= 0) return 'EXPIRED'
  if (left <= thresholds.critical) return 'CRITICAL'
  return left <= thresholds.warning ? 'WARNING' : 'OK'
}

const day = 86_400_000

/** Whole days left, rounded down, negative once expired; null when the date is not known. */
export function daysUntilExpiry(expiresAt: number | null, now: number): number | null {
  if (expiresAt === null) return null
  // What expires at this very moment has expired: no days left would read as a day still to come.
  return expiresAt === now ? -1 : Math.floor((expiresAt - now) / day)
}

/** The share of its validity that a certificate has left, 0 to 1; null when either end is unknown, or it is valid at no time. */
export function lifetimeRemaining(validFrom: number | null, expiresAt: number | null, now: number): number | null {
  if (validFrom === null || expiresAt === null || expiresAt <= validFrom) return null
  return Math.min(1, Math.max(0, (expiresAt - now) / (expiresAt - validFrom)))
}
