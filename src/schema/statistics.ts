import { fromReading, type ReadCertificate } from '../catalog/certificate.ts'
import { type Count, countCertificates } from '../catalog/statistics.ts'
import type { Operation } from '../operation.ts'
import { readingIn } from '../providers/catalogue-version.ts'
import { placeOrdering } from '../providers/connections.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import { countPlaces, countVersions } from './catalogue-counts.ts'
import { prices } from './cost/prices.ts'
import type { SchemaKit } from './kit.ts'
import { countAcceptedOwners, countKeptOwners } from './owner-counts.ts'
import type { registerPlace } from './place.ts'
import type { Conditions } from './search/filter-input.ts'
import { findCertificates, type Search, type UnfilteredCertificates } from './search/find-certificates.ts'
import type { StatisticsTypes } from './statistics-counts.ts'
import { type CertificateStatistics, type Duplicate, registerStatisticsType } from './statistics-type.ts'
import { countAcceptedWeaknesses, countKeptWeaknesses } from './weakness-counts.ts'

/** `Query.certificateStatistics`: the certificates of all places, counted. */
export function registerStatistics(
  kit: SchemaKit,
  types: StatisticsTypes,
  place: ReturnType<typeof registerPlace>,
  search: Search,
): void {
  const Statistics = registerStatisticsType(kit, types, place)
  kit.builder.queryField('certificateStatistics', (t) =>
    t.field({
      ...prices.statistics,
      type: Statistics,
      nullable: true,
      description:
        'Counts the certificates that `certificates` returns for the same filter, on all pages. Makes the same calls, and ' +
        'none in addition when both are selected. Reads no PEM, except for `byWeakness` and for a filter on an X.509 field.',
      args: { filter: t.arg(kit.listArguments.filter) },
      resolve: (_root, args, operation) => countFound(search, operation, args),
    }),
  )
}

async function countFound(
  search: Search,
  operation: Operation,
  conditions: Conditions,
): Promise<CertificateStatistics> {
  // Counting needs no order, and sorting would take most of the time.
  const found = await findCertificates(search, operation, conditions)
  if ('versions' in found) return countKept(search, operation, found)
  const { lists, accepts, toNode, report } = found
  const { now, timeSlice } = operation
  const counts = await countCertificates(lists, accepts, { now, timeSlice, thresholds: search.thresholds })
  return {
    ...counts,
    report,
    incompleteReasons: report.incompleteReasons,
    byWeakness: () => countAcceptedWeaknesses(operation, lists, accepts),
    byPlace: () => sortCounts(counts.byPlace),
    byOwner: () => countAcceptedOwners(search.owners, found, timeSlice),
    duplicates: () => toDuplicates(counts.duplicates, ({ row, list }) => toNode(row, list), timeSlice),
  }
}

/** Counts all certificates of catalogues with their orders and sums. */
async function countKept(
  { thresholds, owners, duplicates }: Search,
  operation: Operation,
  { versions, providers, rows, report }: UnfilteredCertificates,
): Promise<CertificateStatistics> {
  const { now, timeSlice } = operation
  const lists = () => versions.flatMap((version) => version.lists(rows))
  const counts = await countVersions(versions, rows, { now, timeSlice, thresholds })
  return {
    ...counts,
    report,
    incompleteReasons: report.incompleteReasons,
    byWeakness: () => countKeptWeaknesses(operation, lists()),
    byPlace: async () => sortCounts(await countPlaces(lists(), timeSlice)),
    byOwner: () => countKeptOwners(owners, versions, rows, timeSlice),
    async duplicates() {
      const found = await duplicates.find({ versions, providers, rows }, operation)
      return toDuplicates(found, ({ row, origin }) => fromReading(row, readingIn(versions, origin)), timeSlice)
    },
  }
}

function sortCounts(counts: readonly Count<PlacedCertificate['place']>[]) {
  const placed = counts.map((count) => ({ count, at: placeOrdering.position(count.key) }))
  return placed.sort((a, b) => placeOrdering.compare(a.at, b.at)).map(({ count }) => count)
}

async function toDuplicates<Listed>(
  found: readonly { readonly sha256Fingerprint: string; readonly listed: readonly Listed[] }[],
  toNode: (listed: Listed) => ReadCertificate<PlacedCertificate>,
  timeSlice: TimeSlice,
): Promise<readonly Duplicate[]> {
  const duplicates: Duplicate[] = []
  await visitInSlices(found, timeSlice, ({ sha256Fingerprint, listed }) => {
    const certificates = listed.map(toNode).sort((a, b) => byPlace(a.place, b.place))
    duplicates.push({ sha256Fingerprint, certificates })
  })
  return duplicates
}

function byPlace(a: PlacedCertificate['place'], b: PlacedCertificate['place']): number {
  return placeOrdering.compare(placeOrdering.position(a), placeOrdering.position(b))
}
