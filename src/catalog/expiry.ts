import type { Certificate } from './certificate.ts'

export const expiryStatuses = ['CRITICAL', 'EXPIRED', 'OK', 'UNKNOWN', 'WARNING'] as const
export type ExpiryStatus = (typeof expiryStatuses)[number]

/** How many milliseconds before its expiry a certificate becomes `WARNING` and `CRITICAL`. */
export interface ExpiryThresholds {
  readonly critical: number
  readonly warning: number
}

type Expiring = Pick<Certificate, 'expiresAt' | 'declaredExpired'>

/** The status at that moment. The vendor's status `expired` counts only when the expiry date is not known. */
export function expiryStatus(certificate: Expiring, now: number, thresholds: ExpiryThresholds): ExpiryStatus {
  if (certificate.expiresAt === null) return certificate.declaredExpired ? 'EXPIRED' : 'UNKNOWN'
  const left = certificate.expiresAt - now
  if (left <= 0) return 'EXPIRED'
  if (left <= thresholds.critical) return 'CRITICAL'
  return left <= thresholds.warning ? 'WARNING' : 'OK'
}

const day = 86_400_000

/** Whole days left, rounded down; negative once expired. Null when the date is not known. */
export function daysUntilExpiry(expiresAt: number | null, now: number): number | null {
  if (expiresAt === null) return null
  // A certificate that expires at this moment has expired: 0 would mean less than a day left.
  return expiresAt === now ? -1 : Math.floor((expiresAt - now) / day)
}

/** The remaining share of the validity period, 0 to 1. Null when the period is not known or is empty. */
export function lifetimeRemaining(validFrom: number | null, expiresAt: number | null, now: number): number | null {
  if (validFrom === null || expiresAt === null || expiresAt <= validFrom) return null
  return Math.min(1, Math.max(0, (expiresAt - now) / (expiresAt - validFrom)))
}
