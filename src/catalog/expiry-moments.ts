import type { Certificate } from './certificate.ts'
import { RowPosition } from './certificate-list.ts'
import { type EarlyStatus, type ExpiryThresholds, thresholdOf } from './expiry.ts'
import { createOrdering, type Ordering } from './ordering.ts'

/** The moment at which a certificate gets a status, or a more severe one. Null without an expiry date. */
export function momentOf(certificate: Certificate, status: EarlyStatus, thresholds: ExpiryThresholds): number | null {
  const { expiresAt } = certificate
  return expiresAt === null ? null : expiresAt - thresholdOf(certificate, status, thresholds)
}

/**
 * The order in which certificates get a status. With shares of the lifetime, it differs from the order of their expiry. Equal
 * thresholds have one order.
 */
export function momentOrdering(status: EarlyStatus, thresholds: ExpiryThresholds): Ordering<Certificate> {
  const { [status]: time, lifetime } = thresholds
  const share = lifetime ? `${lifetime[status].numerator}/${lifetime[status].denominator}` : 'none'
  return createOrdering(
    `${status}:${time}:${share}`,
    'ASC',
    (row) => new RowPosition(momentOf(row, status, thresholds), row),
  )
}
