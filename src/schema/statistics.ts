import { fromReading } from '../catalog/certificate.ts'
import { byKey, type CertificateCounts, type Count, countCertificates, Tally } from '../catalog/statistics.ts'
import { type CertificateWeakness, certificateWeaknesses, findWeaknesses } from '../catalog/weakness.ts'
import type { Operation } from '../operation.ts'
import type { ListReading } from '../providers/catalogue-version.ts'
import { placeOrdering } from '../providers/connections.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { filterInSlices, runInSlices, type TimeSlice, visitInSlices } from '../time-slice.ts'
import { isReadingFailure } from '../upstream/error.ts'
import { countPlaces, countVersions } from './catalogue-counts.ts'
import { prices } from './cost/prices.ts'
import type { Enums } from './enums.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'
import type { Conditions } from './search/filter-input.ts'
import {
  type FoundCertificates,
  findCertificates,
  type Search,
  type UnfilteredCertificates,
} from './search/find-certificates.ts'
import { noteStalenessArgument } from './search/staleness-argument.ts'
import { concurrentReads } from './search/x509-filter.ts'
import { type CertificateStatistics, type Duplicate, registerStatisticsType } from './statistics-type.ts'

/** `Query.certificateStatistics`: the certificates of all places, counted. */
export function registerStatistics(
  kit: SchemaKit,
  enums: Enums,
  place: ReturnType<typeof registerPlace>,
  search: Search,
): void {
  const Statistics = registerStatisticsType(kit, enums, place)
  kit.builder.queryField('certificateStatistics', (t) =>
    t.field({
      ...prices.statistics,
      type: Statistics,
      nullable: true,
      description:
        'Counts the certificates that `certificates` returns for the same filter, on all pages. Makes the same calls, and ' +
        'none in addition when both are selected. Reads no PEM, except for `byWeakness` and for a filter on an X.509 field.',
      args: { filter: t.arg(kit.listArguments.filter) },
      resolve: (_root, args, operation, info) => {
        noteStalenessArgument(operation, info)
        return countFound(search, operation, args)
      },
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
    byWeakness: () => countWeaknesses(operation, lists, accepts),
    byPlace: () => sortCounts(counts.byPlace),
    duplicates: () => toDuplicates(counts.duplicates, toNode, timeSlice),
  }
}

/** Counts all certificates of catalogues with their orders and sums. */
async function countKept(
  { thresholds }: Search,
  operation: Operation,
  { versions, rows, report }: UnfilteredCertificates,
): Promise<CertificateStatistics> {
  const { now, timeSlice } = operation
  const lists = () => versions.flatMap((version) => version.lists(rows))
  const counts = await countVersions(versions, rows, { now, timeSlice, thresholds })
  const readings = () => versions.flatMap(({ states }) => states.flatMap(({ reading }) => reading ?? []))
  return {
    ...counts,
    report,
    incompleteReasons: report.incompleteReasons,
    byWeakness: () => countWeaknesses(operation, lists(), undefined),
    byPlace: async () => sortCounts(await countPlaces(lists(), timeSlice)),
    async duplicates() {
      const found = await countCertificates(lists(), undefined, { now, timeSlice, thresholds })
      const all = readings()
      return toDuplicates(found.duplicates, (row, list) => fromReading(row, all[list] as ListReading), timeSlice)
    },
  }
}

function sortCounts(counts: readonly Count<PlacedCertificate['place']>[]) {
  return counts.toSorted((a, b) => byPlace(a.key, b.key))
}

async function toDuplicates(
  found: CertificateCounts<PlacedCertificate>['duplicates'],
  toNode: FoundCertificates['toNode'],
  timeSlice: TimeSlice,
): Promise<readonly Duplicate[]> {
  const duplicates: Duplicate[] = []
  await visitInSlices(found, timeSlice, ({ sha256Fingerprint, listed }) => {
    const certificates = listed.map(({ row, list }) => toNode(row, list)).sort((a, b) => byPlace(a.place, b.place))
    duplicates.push({ sha256Fingerprint, certificates })
  })
  return duplicates
}

/** A certificate that cannot be read, or not in all parts that the checks need, counts under null. */
async function countWeaknesses(
  operation: Operation,
  lists: readonly (readonly PlacedCertificate[])[],
  accepts: ((row: PlacedCertificate) => boolean) | undefined,
) {
  const { timeSlice } = operation
  const tally = new Tally<CertificateWeakness | null>()
  const count = async (row: PlacedCertificate) => {
    for (const weakness of await weaknessesOf(operation, row)) tally.add(weakness)
  }
  const countList = async (list: readonly PlacedCertificate[]) =>
    runInSlices(
      accepts ? await filterInSlices(list, timeSlice, accepts) : list,
      timeSlice,
      count,
      concurrentReads(lists.length),
    )
  await Promise.all(lists.map(countList))
  return tally.counts().sort(byKey)
}

async function weaknessesOf(
  operation: Operation,
  row: PlacedCertificate,
): Promise<readonly (CertificateWeakness | null)[]> {
  try {
    const details = await row.place.x509(operation, row)
    const { weaknesses, checked } = findWeaknesses(details)
    const hasUnreadPart = checked.length < certificateWeaknesses.length && (details.issues?.length ?? 0) > 0
    return checked.length === 0 || hasUnreadPart ? [...weaknesses, null] : weaknesses
  } catch (error) {
    if (isReadingFailure(error)) return [null]
    throw error
  }
}

function byPlace(a: PlacedCertificate['place'], b: PlacedCertificate['place']): number {
  return placeOrdering.compare(placeOrdering.position(a), placeOrdering.position(b))
}
