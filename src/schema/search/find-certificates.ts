import { type Certificate, fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { ExpiryRules } from '../../catalog/expiry.ts'
import type { ResultBasis } from '../../catalog/kept-results.ts'
import type { RowList } from '../../catalog/merge.ts'
import type { Ordering } from '../../catalog/ordering.ts'
import type { Operation } from '../../operation.ts'
import type { OwnerRules } from '../../owners/owner-rules.ts'
import type { CatalogueDuplicates } from '../../providers/catalogue-duplicates.ts'
import type { CatalogueVersion } from '../../providers/catalogue-version.ts'
import { missingPlaceReasons, noHolderReasons, sourceReasons } from '../../providers/incomplete.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { filterInSlices, type TimeSlice } from '../../time-slice.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { NodeFinder } from '../find-node.ts'
import { applyFilter, type ReadRows } from './apply-filter.ts'
import { type Conditions, isIndexed, isUnfiltered, parseFilter } from './filter-input.ts'
import { type FilterVerdict, noVerdict } from './filter-verdict.ts'
import { findIndexed, rowsOf } from './indexed-rows.ts'
import { type ReadPlaces, readPlaces } from './read-places.ts'

export interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
  readonly thresholds: ExpiryRules
  readonly owners: OwnerRules
  readonly duplicates: CatalogueDuplicates
}

type List = CertificateList<PlacedCertificate>
type Lists = readonly ReadRows<PlacedCertificate>[]

/** The report on what a search has read. */
export interface SearchReport {
  /** Reports on every place and discovery, failed ones included. */
  readonly sources: readonly Source[]
  /** Whether no source is stale. */
  readonly fresh: boolean
  /** Why certificates may be missing, one sentence each: a source that failed, lost rows, a filter that could not be applied. */
  readonly incompleteReasons: readonly string[]
}

/** The rows that the places of a filter list, and the filter to apply to them. */
export interface FoundCertificates {
  /** The lists of the readings. */
  readonly read: readonly List[]
  /** Rows of each of them; a certificate is in one of them only. */
  readonly lists: readonly (readonly PlacedCertificate[])[]
  /** Absent when all are accepted. */
  readonly accepts: ((row: PlacedCertificate) => boolean) | undefined
  toNode(row: PlacedCertificate, list: number): ReadCertificate<PlacedCertificate>
  readonly report: SearchReport
}

/** All rows of the lists of many places, which were not read for this search alone. */
export interface UnfilteredCertificates {
  readonly versions: readonly CatalogueVersion[]
  /** The vendors whose catalogues they are; null: all. */
  readonly providers: readonly string[] | null
  readonly rows: 'all' | 'present'
  readonly report: SearchReport
}

/** The same rows in order. */
export interface SortedCertificates extends Pick<FoundCertificates, 'accepts' | 'report'> {
  readonly lists: readonly RowList<PlacedCertificate>[]
  /** What the pages may be kept for; absent when each page is made anew. */
  readonly basis?: ResultBasis | undefined
  /** How many rows are accepted; absent when that is not known. */
  readonly count?: () => number | Promise<number>
  toNode(row: PlacedCertificate, list: number, index: number): ReadCertificate<PlacedCertificate>
}

/** Reads every place of the filter; failures are in the report. */
export async function findSorted(
  search: Search,
  operation: Operation,
  conditions: Conditions,
  ordering: Ordering<Certificate>,
): Promise<SortedCertificates> {
  const parsed = parse(conditions, search.owners, operation)
  const read = await readPlaces(search, operation, parsed.input)
  search.duplicates.release(operation)
  const { filter } = parsed
  const { versions } = read
  const { timeSlice } = operation
  // A page of orders that exist takes less time than an iteration of the event loop.
  const isShort = versions?.every((version) => version.hasSorted(rowsOf(filter), ordering)) && isUnfiltered(filter)
  // The readings begin before: other fields of the operation about the same places take over their `maxStaleness`.
  if (!isShort) await timeSlice.begin()
  else if (timeSlice.isOver()) await timeSlice.next()
  if (!versions || !isIndexed(filter)) return filterRows(search, operation, parsed, read, ordering)
  const { thresholds, owners } = search
  const rows = await findIndexed({ operation, versions, filter, thresholds, owners, ordering })
  return { ...rows, report: await toReport(operation, parsed.input, read, noVerdict) }
}

/** The same, in no order. Without conditions on certificates, what is kept of their lists. */
export async function findCertificates(
  search: Search,
  operation: Operation,
  conditions: Conditions,
): Promise<FoundCertificates | UnfilteredCertificates> {
  const parsed = parse(conditions, search.owners, operation)
  const read = await readPlaces(search, operation, parsed.input)
  search.duplicates.release(operation)
  await operation.timeSlice.begin()
  if (read.versions && isUnfiltered(parsed.filter)) {
    const rows = parsed.filter.includeDeleted ? 'all' : 'present'
    const { providers = null } = parsed.input
    const report = await toReport(operation, parsed.input, read, noVerdict)
    return { versions: read.versions, providers, rows, report }
  }
  return filterRows(search, operation, parsed, read)
}

function parse({ filter, maxStaleness }: Conditions, owners: OwnerRules, { caller }: Operation) {
  const input = { ...filter, maxStaleness: maxStaleness ?? undefined }
  return { input, filter: parseFilter(filter ?? {}, { owners, caller }) }
}

type Parsed = ReturnType<typeof parse>

async function filterRows(
  { thresholds, owners }: Search,
  operation: Operation,
  { input, filter }: Parsed,
  places: ReadPlaces,
  ordering?: Ordering<Certificate>,
): Promise<FoundCertificates> {
  const { timeSlice } = operation
  const { readings } = places
  const read: ReadRows<PlacedCertificate>[] = []
  for (const { value: list } of readings) {
    const listed = filter.includeDeleted ? list.rows : list.present
    const rows = ordering ? list.sorted(listed, ordering, timeSlice) : listed
    read.push({ list, rows: rows instanceof Promise ? await rows : rows })
  }
  const mayOverlap = isAboutNamedPlaces(input) || operation.caller.places !== null
  const distinct = mayOverlap ? await distinctLists(read, timeSlice) : read
  const { maxStaleness } = input
  const filtered = await applyFilter(operation, distinct, { filter, thresholds, owners, maxStaleness })
  return {
    read: distinct.map(({ list }) => list),
    lists: filtered.lists,
    accepts: filtered.accepts,
    toNode: (row, list) => fromReading(filtered.annotate(row), readings[list] as Reading<List>),
    report: await toReport(operation, input, places, filtered),
  }
}

function isAboutNamedPlaces({ placeIds }: Parsed['input']): boolean {
  return placeIds !== undefined && placeIds !== null
}

async function toReport(
  operation: Operation,
  input: Parsed['input'],
  read: ReadPlaces,
  filtered: Pick<FilterVerdict, 'sources' | 'incompleteReasons'>,
): Promise<SearchReport> {
  const isAboutNamed = isAboutNamedPlaces(input)
  // An answer about named places lacks nothing when another place does not exist. The discoveries of this search count.
  const missing = isAboutNamed
    ? { ids: read.unknown, isCertain: false }
    : operation.caller.places && (await operation.placeIndex?.findMissing?.(operation))
  const problems = uniqueSources([...read.problems, ...filtered.sources])
  const reasons = [
    ...sourceReasons(problems),
    ...filtered.incompleteReasons,
    ...missingPlaceReasons(operation, missing ?? undefined, problems),
  ]
  const incompleteReasons =
    reasons.length > 0 || isAboutNamed || input.providers ? reasons : noHolderReasons(operation, read.holders)
  operation.outcome?.add(problems)
  if (incompleteReasons.length > 0) operation.outcome?.lack()
  return {
    get sources() {
      return uniqueSources([...read.sources, ...filtered.sources])
    },
    get fresh() {
      return problems.every(({ status }) => status !== 'STALE')
    },
    incompleteReasons,
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
