import { certificateOrdering } from '../catalog/certificate-list.ts'
import { type EarlyStatus, type ExpiryRules, type ExpiryStatus, thresholdsOf } from '../catalog/expiry.ts'
import { momentOf, momentOrdering } from '../catalog/expiry-moments.ts'
import { firstIndex, type RowList } from '../catalog/merge.ts'
import type { CatalogueVersion, Rows } from '../providers/catalogue-version.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { TimeSlice } from '../time-slice.ts'

export interface CountOptions {
  readonly now: number
  readonly thresholds: ExpiryRules
  readonly timeSlice: TimeSlice
}

/**
 * Counts the certificates of a catalogue by expiry status, without a look at each: those that have reached a status are at the
 * start of the order in which they reach it.
 */
export async function countStatuses(
  version: CatalogueVersion,
  rows: Rows,
  { now, thresholds: rules, timeSlice }: CountOptions,
): Promise<Readonly<Record<ExpiryStatus, number>>> {
  const order = await version.sorted(rows, certificateOrdering(), timeSlice)
  const { undatedExpired, withLifetime } = await version.counts(rows, timeSlice)
  const thresholds = thresholdsOf(rules, order.at(0)?.provider ?? '')
  const countReached = async (status: EarlyStatus) => {
    // Without lifetimes, certificates get every status in the order in which they expire.
    if (!thresholds.lifetime || withLifetime === 0) return indexAfter(order, now + thresholds[status])
    const moments = await version.sorted(rows, momentOrdering(status, thresholds), timeSlice)
    return firstIndex(moments, (row) => (momentOf(row, status, thresholds) ?? Number.POSITIVE_INFINITY) > now)
  }
  const expired = indexAfter(order, now)
  const critical = Math.max(expired, await countReached('critical'))
  const warning = Math.max(critical, await countReached('warning'))
  const dated = firstIndex(order, ({ expiresAt }) => expiresAt === null)
  return {
    EXPIRED: expired + undatedExpired,
    CRITICAL: critical - expired,
    WARNING: warning - critical,
    OK: dated - warning,
    UNKNOWN: order.length - dated - undatedExpired,
  }
}

/** The index of the first row that expires after a time, or has no date. */
export function indexAfter(order: RowList<PlacedCertificate>, time: number): number {
  return firstIndex(order, ({ expiresAt }) => expiresAt === null || expiresAt > time)
}
