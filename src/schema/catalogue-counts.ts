import { certificateOrdering } from '../catalog/certificate-list.ts'
import type { ExpiryThresholds } from '../catalog/expiry.ts'
import { countList } from '../catalog/list-counts.ts'
import { firstIndex, type RowList } from '../catalog/merge.ts'
import {
  byKey,
  type CertificateCounts,
  type Count,
  monthCount,
  monthOf,
  startOfMonth,
  Tally,
} from '../catalog/statistics.ts'
import type { CatalogueVersion } from '../providers/catalogue-version.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { TimeSlice } from '../time-slice.ts'

type Counts = Omit<CertificateCounts<PlacedCertificate>, 'byPlace' | 'duplicates'>

interface CountOptions {
  readonly now: number
  readonly thresholds: ExpiryThresholds
  readonly timeSlice: TimeSlice
}

/** Counts all certificates of catalogues: by expiry in the order by expiry, and by key algorithm from kept sums. */
export async function countVersions(
  versions: readonly CatalogueVersion[],
  rows: 'all' | 'present',
  { now, thresholds, timeSlice }: CountOptions,
): Promise<Counts> {
  const providers = new Tally<string>()
  const statuses = new Tally<Counts['byExpiryStatus'][number]['key']>()
  const algorithms = new Tally<string | null>()
  const firstMonth = monthOf(now)
  const months = Array.from({ length: monthCount }, (_, month) => ({ key: startOfMonth(firstMonth + month), count: 0 }))
  let total = 0
  for (const version of versions) {
    const order = await version.sorted(rows, certificateOrdering(), timeSlice)
    if (order.length === 0) continue
    total += order.length
    const provider = order.at(0)?.provider
    if (provider !== undefined) providers.add(provider, provider, order.length)
    const { byKeyAlgorithm, undatedExpired } = await version.counts(rows, timeSlice)
    for (const { key, count } of byKeyAlgorithm) algorithms.add(key, key, count)

    const dated = firstIndex(order, ({ expiresAt }) => expiresAt === null)
    const [expired, critical, warning] = [now, now + thresholds.critical, now + thresholds.warning].map((time) =>
      indexAfter(order, time),
    ) as [number, number, number]
    statuses.add('EXPIRED', 'EXPIRED', expired + undatedExpired)
    statuses.add('CRITICAL', 'CRITICAL', Math.max(0, critical - expired))
    statuses.add('WARNING', 'WARNING', Math.max(0, warning - Math.max(critical, expired)))
    statuses.add('OK', 'OK', dated - Math.max(expired, critical, warning))
    statuses.add('UNKNOWN', 'UNKNOWN', order.length - dated - undatedExpired)
    for (const [month, counted] of months.entries()) {
      const end = indexAfter(order, startOfMonth(firstMonth + month + 1) - 1)
      counted.count += end - indexAfter(order, counted.key - 1)
    }
  }
  return {
    total,
    byProvider: providers.counts().sort(byKey),
    byExpiryStatus: statuses.counts().sort(byKey),
    byKeyAlgorithm: algorithms.counts().sort(byKey),
    byExpiryMonth: months,
  }
}

/** The index of the first row that expires after a time, or has no date. */
function indexAfter(order: RowList<PlacedCertificate>, time: number): number {
  return firstIndex(order, ({ expiresAt }) => expiresAt === null || expiresAt > time)
}

/** Counts the certificates of lists by place. Each list is counted once. */
export async function countPlaces(
  lists: readonly (readonly PlacedCertificate[])[],
  timeSlice: TimeSlice,
): Promise<readonly Count<PlacedCertificate['place']>[]> {
  const places = new Tally<PlacedCertificate['place']>()
  for (const rows of lists) {
    const counts = countList(rows, timeSlice)
    const { byPlace } = counts instanceof Promise ? await counts : counts
    for (const { key, count } of byPlace) places.add(key, key.id, count)
  }
  return places.counts()
}
