import { copyRow } from '../../catalog/certificate.ts'
import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { ExpiryRules } from '../../catalog/expiry.ts'
import { type CertificateFilter, createRowTest } from '../../catalog/filter.ts'
import type { Operation } from '../../operation.ts'
import type { OwnerRules } from '../../owners/owner-rules.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import { filterInSlices, type TimeSlice, visitInSlices } from '../../time-slice.ts'
import { testUncovered } from './uncovered-filter.ts'
import { testX509 } from './x509-filter.ts'

export interface FilterOptions {
  readonly filter: CertificateFilter
  readonly thresholds: ExpiryRules
  readonly owners: OwnerRules
  /** How old a reading of renewals may be, in milliseconds. */
  readonly maxStaleness: number | undefined
}

type Lists<Row> = readonly (readonly Row[])[]

/** Rows of a reading, and the reading's list with its indexes. */
export interface ReadRows<Row extends PlacedCertificate> {
  readonly list: CertificateList<Row>
  readonly rows: readonly Row[]
}

/** Lists of certificates, and which of them a filter accepts. */
export interface FilteredLists<Row extends PlacedCertificate> {
  readonly lists: Lists<Row>
  /** Absent when all are accepted. */
  readonly accepts: ((row: PlacedCertificate) => boolean) | undefined
  /** Adds parse issues to a certificate that could not be tested. */
  annotate<Tested extends PlacedCertificate>(row: Tested): Tested
  /** What was read to apply the filter. */
  readonly sources: readonly Source[]
  /** Why the filter could not be applied to certificates, one sentence each. */
  readonly incompleteReasons: readonly string[]
}

/**
 * Applies a filter to lists: first the texts and the conditions on rows, then the conditions that cost calls for each
 * certificate that is left. The rows are `present`, or `rows` with `includeDeleted`.
 */
export async function applyFilter<Row extends PlacedCertificate>(
  operation: Operation,
  read: readonly ReadRows<Row>[],
  { filter, thresholds, owners, maxStaleness }: FilterOptions,
): Promise<FilteredLists<Row>> {
  const named = await applyIndexes(read, filter, { owners, timeSlice: operation.timeSlice })
  const { lists, sources } = await resolveActive(operation, named, filter.active)
  const rowTest = createRowTest({ ...filter, includeDeleted: true }, operation.now, thresholds)
  const x509 = await testX509(operation, lists, filter, rowTest)
  const isCandidate = allOf(rowTest, x509.accepts)
  const uncovered = await testUncovered(operation, lists, filter, { isCandidate, maxStaleness })
  return {
    lists,
    accepts: allOf(isCandidate, uncovered.accepts),
    annotate: (row) => uncovered.annotate(x509.annotate(row)),
    sources: [...sources, ...uncovered.sources],
    incompleteReasons: [...x509.incompleteReasons, ...uncovered.incompleteReasons],
  }
}

type RowTest = (row: PlacedCertificate) => boolean

function allOf(first: RowTest | undefined, second: RowTest | undefined): RowTest | undefined {
  return first && second ? (row) => first(row) && second(row) : (first ?? second)
}

/** Leaves the rows with the texts and the owners of a filter, by the indexes of the lists. */
async function applyIndexes<Row extends PlacedCertificate>(
  read: readonly ReadRows<Row>[],
  { nameContains, search, ownedBy }: CertificateFilter,
  { owners, timeSlice }: { readonly owners: OwnerRules; readonly timeSlice: TimeSlice },
): Promise<Lists<Row>> {
  const isTested = typeof nameContains === 'string' || typeof search === 'string' || ownedBy
  if (!isTested) return read.map(({ rows }) => rows)
  const left: (readonly Row[])[] = []
  for (const { list, rows } of read) {
    let matching = rows
    if (typeof nameContains === 'string')
      matching = await within(matching, await list.withName(nameContains, timeSlice), timeSlice)
    if (typeof search === 'string') matching = await within(matching, await list.withText(search, timeSlice), timeSlice)
    if (ownedBy) {
      const owned = await owners.ownersIn(list, timeSlice)
      matching = await within(matching, await owned.of(ownedBy, timeSlice), timeSlice)
    }
    left.push(matching)
  }
  return left
}

async function within<Row>(
  rows: readonly Row[],
  matching: readonly Row[],
  timeSlice: TimeSlice,
): Promise<readonly Row[]> {
  if (matching.length === 0) return []
  const found = new Set(matching)
  return filterInSlices(rows, timeSlice, (row) => found.has(row))
}

/** Resolves the active flag that a filter needs where the list that was read lacks it: the certificate's place has it. */
async function resolveActive<Row extends PlacedCertificate>(
  operation: Operation,
  lists: Lists<Row>,
  wanted: boolean | null | undefined,
): Promise<{ lists: Lists<Row>; sources: readonly Source[] }> {
  if (typeof wanted !== 'boolean') return { lists, sources: [] }
  const { timeSlice } = operation
  const places = new Set<PlacedCertificate['place']>()
  for (const list of lists) {
    await visitInSlices(list, timeSlice, ({ active, place }) => {
      if (active === undefined) places.add(place)
    })
  }
  if (places.size === 0) return { lists, sources: [] }
  const sources = await Promise.all([...places].map((place) => place.source(operation)))
  const failed = new Set(sources.filter(({ status }) => status === 'FAILED').map(({ place }) => place.id))
  const resolved: (readonly Row[])[] = []
  for (const list of lists) {
    const rows: (Row | Promise<Row>)[] = []
    await visitInSlices(list, timeSlice, (row) => {
      rows.push(row.active === undefined ? resolve(row) : row)
    })
    resolved.push(await Promise.all(rows))
  }
  return { lists: resolved, sources }

  async function resolve(row: Row): Promise<Row> {
    const active = failed.has(row.place.id) ? null : await row.place.active(operation, row)
    return copyRow(row, { active })
  }
}
