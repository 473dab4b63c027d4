import { type Certificate, fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import type { ExpiryThresholds } from '../../catalog/expiry.ts'
import type { Ordering } from '../../catalog/ordering.ts'
import type { Operation } from '../../operation.ts'
import { missingPlaceReasons, noHolderReasons, sourceReasons } from '../../providers/incomplete.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { settleCertificates } from '../../providers/source.ts'
import { filterInSlices, type TimeSlice } from '../../time-slice.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { NodeFinder } from '../find-node.ts'
import { applyFilter, type ReadRows } from './apply-filter.ts'
import { type Conditions, parseFilter } from './filter-input.ts'
import { findCertificatePlaces } from './find-places.ts'

export interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
  readonly thresholds: ExpiryThresholds
}

type Lists = readonly ReadRows<PlacedCertificate>[]

/** The rows that the places of a filter list, and the filter to apply to them. */
export interface FoundCertificates {
  /** One list per reading; a certificate is in one of them only. */
  readonly lists: readonly (readonly PlacedCertificate[])[]
  /** Absent when all are accepted. */
  readonly accepts: ((row: PlacedCertificate) => boolean) | undefined
  toNode(row: PlacedCertificate, list: number): ReadCertificate<PlacedCertificate>
  /** Reports on every place and discovery, failed ones included. */
  readonly sources: readonly Source[]
  /** Why certificates may be missing, one sentence each: a source that failed, lost rows, a filter that could not be applied. */
  readonly incompleteReasons: readonly string[]
}

/** Reads every place of the filter; failures are in `sources`. Without an ordering, the lists are not sorted. */
export async function findCertificates(
  search: Search,
  operation: Operation,
  conditions: Conditions,
  ordering?: Ordering<Certificate>,
): Promise<FoundCertificates> {
  const input = conditions.filter ?? {}
  const filter = parseFilter(input)
  const maxStaleness = conditions.maxStaleness ?? undefined
  const { timeSlice } = operation
  const isAboutNamedPlaces = input.placeIds !== undefined && input.placeIds !== null
  const holders = await findCertificatePlaces(search, operation, { ...input, maxStaleness })
  const settled = await Promise.all(
    holders.items.map((place) => settleCertificates(place, place.read(operation, maxStaleness))),
  )
  // The readings begin before: other fields of the operation about the same places take over their `maxStaleness`.
  await timeSlice.begin()
  const readings = settled.flatMap(({ reading }) => reading ?? [])
  const read: ReadRows<PlacedCertificate>[] = []
  for (const { value: list } of readings) {
    const listed = filter.includeDeleted ? list.rows : list.present
    const rows = ordering ? list.sorted(listed, ordering, timeSlice) : listed
    read.push({ list, rows: rows instanceof Promise ? await rows : rows })
  }
  const mayOverlap = isAboutNamedPlaces || operation.caller.places !== null
  const distinct = mayOverlap ? await distinctLists(read, timeSlice) : read
  const filtered = await applyFilter(operation, distinct, { filter, thresholds: search.thresholds, maxStaleness })

  // An answer about named places lacks nothing when another place does not exist. The discoveries of this search count.
  const missing = isAboutNamedPlaces
    ? { ids: holders.unknown, isCertain: false }
    : await operation.placeIndex?.findMissing?.(operation)
  const placeSources = settled.map(({ source }) => source)
  const sources = uniqueSources([...holders.sources, ...placeSources, ...filtered.sources])
  const reasons = [
    ...sourceReasons(sources),
    ...filtered.incompleteReasons,
    ...missingPlaceReasons(operation, missing, sources),
  ]
  return {
    lists: filtered.lists,
    accepts: filtered.accepts,
    toNode: (row, list) => fromReading(filtered.annotate(row), readings[list] as Reading<unknown>),
    sources,
    incompleteReasons:
      reasons.length > 0 || isAboutNamedPlaces || input.providers
        ? reasons
        : noHolderReasons(operation, holders.items.length),
  }
}

/**
 * Places named by a filter or by a caller's permissions may overlap, such as an organization and its project: a
 * certificate stays in the first list only.
 */
async function distinctLists(read: Lists, timeSlice: TimeSlice): Promise<Lists> {
  if (read.length < 2) return read
  const seen = new Set<string>()
  const distinct: ReadRows<PlacedCertificate>[] = []
  for (const { list, rows } of read) {
    distinct.push({ list, rows: await filterInSlices(rows, timeSlice, ({ id }) => seen.size < seen.add(id).size) })
  }
  return distinct
}

function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [`${source.kind} ${source.place.id}`, source])).values()]
}
