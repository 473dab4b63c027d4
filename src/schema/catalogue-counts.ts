import { certificateOrdering } from '../catalog/certificate-list.ts'
import { expiryStatuses } from '../catalog/expiry.ts'
import { countList } from '../catalog/list-counts.ts'
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
import { type CountOptions, countStatuses, indexAfter } from './status-counts.ts'

type Counts = Omit<CertificateCounts<PlacedCertificate>, 'byPlace' | 'duplicates'>

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
    const { byKeyAlgorithm } = await version.counts(rows, timeSlice)
    for (const { key, count } of byKeyAlgorithm) algorithms.add(key, key, count)

    const counts = await countStatuses(version, rows, { now, thresholds, timeSlice })
    for (const status of expiryStatuses) statuses.add(status, status, counts[status])
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
