import type { Fraction } from '../fraction.ts'
import type { Certificate } from './certificate.ts'

export const expiryStatuses = ['CRITICAL', 'EXPIRED', 'OK', 'UNKNOWN', 'WARNING'] as const
export type ExpiryStatus = (typeof expiryStatuses)[number]

/** The statuses that a certificate gets some time before its expiry. */
export type EarlyStatus = 'critical' | 'warning'

/** How many milliseconds before its expiry a certificate becomes `WARNING` and `CRITICAL`. */
export interface ExpiryThresholds extends Readonly<Record<EarlyStatus, number>> {
  /** Not earlier than when this share of its lifetime is left, where the list has both ends. Null, or absent: ignored. */
  readonly lifetime?: Readonly<Record<EarlyStatus, Fraction>> | null
}

/** The thresholds of all vendors, and those of vendors with others. */
export interface ExpiryRules extends ExpiryThresholds {
  /** By the value of the enum CertificateProvider. */
  readonly vendors?: Readonly<Record<string, ExpiryThresholds>>
}

export function thresholdsOf(rules: ExpiryRules, provider: string): ExpiryThresholds {
  return rules.vendors?.[provider] ?? rules
}

type Lifetime = Pick<Certificate, 'expiresAt' | 'validFrom'>
type Expiring = Lifetime & Pick<Certificate, 'declaredExpired' | 'provider'>

/** Milliseconds between both ends. Null unless the list has both, in order: the X.509 certificate is not looked at. */
export function lifetimeOf({ validFrom, expiresAt }: Lifetime): number | null {
  if (typeof validFrom !== 'number' || expiresAt === null || expiresAt <= validFrom) return null
  return expiresAt - validFrom
}

/** How many milliseconds before its expiry a certificate gets a status. */
export function thresholdOf(certificate: Lifetime, status: EarlyStatus, thresholds: ExpiryThresholds): number {
  const share = thresholds.lifetime?.[status]
  const lifetime = share ? lifetimeOf(certificate) : null
  if (!share || lifetime === null) return thresholds[status]
  return Math.min(thresholds[status], (lifetime * share.numerator) / share.denominator)
}

/** The status at that moment. The vendor's status `expired` counts only when the expiry date is not known. */
export function expiryStatus(certificate: Expiring, now: number, rules: ExpiryRules): ExpiryStatus {
  const { expiresAt, declaredExpired, provider } = certificate
  if (expiresAt === null) return declaredExpired ? 'EXPIRED' : 'UNKNOWN'
  const left = expiresAt - now
  if (left <= 0) return 'EXPIRED'
  const thresholds = thresholdsOf(rules, provider)
  if (left <= thresholdOf(certificate, 'critical', thresholds)) return 'CRITICAL'
  return left <= thresholdOf(certificate, 'warning', thresholds) ? 'WARNING' : 'OK'
}

/** The moments at which the status changes. */
export function statusChanges(certificate: Expiring, rules: ExpiryRules): readonly number[] {
  const { expiresAt, provider } = certificate
  if (expiresAt === null) return []
  const thresholds = thresholdsOf(rules, provider)
  return [0, thresholdOf(certificate, 'critical', thresholds), thresholdOf(certificate, 'warning', thresholds)].map(
    (left) => expiresAt - left,
  )
}

/** Whether the status is `EXPIRED`, which no threshold changes. */
export function isExpired(
  { expiresAt, declaredExpired }: Pick<Certificate, 'expiresAt' | 'declaredExpired'>,
  now: number,
): boolean {
  return expiresAt === null ? declaredExpired : expiresAt <= now
}

const day = 86_400_000

/** Whole days left, rounded down; negative once expired. Null when the date is not known. */
export function daysUntilExpiry(expiresAt: number | null, now: number): number | null {
  if (expiresAt === null) return null
  // A certificate that expires at this moment has expired: 0 would mean less than a day left.
  return expiresAt === now ? -1 : Math.floor((expiresAt - now) / day)
}

/** The moments around this one at which another number of whole days is left. */
export function expiryDays(expiresAt: number | null, now: number): readonly number[] {
  if (expiresAt === null) return []
  const days = (expiresAt - now) / day
  return [expiresAt - Math.ceil(days) * day, expiresAt - Math.floor(days) * day]
}

/** The remaining share of the validity period, 0 to 1. Null when the period is not known or is empty. */
export function lifetimeRemaining(validFrom: number | null, expiresAt: number | null, now: number): number | null {
  if (validFrom === null || expiresAt === null || expiresAt <= validFrom) return null
  return Math.min(1, Math.max(0, (expiresAt - now) / (expiresAt - validFrom)))
}
