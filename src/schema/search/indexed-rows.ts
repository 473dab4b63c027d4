import { type Certificate, fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import { certificateOrdering } from '../../catalog/certificate-list.ts'
import { type ExpiryRules, thresholdsOf } from '../../catalog/expiry.ts'
import { acceptedRanges, countAccepted, type ExpirySearch, expiryBoundaries } from '../../catalog/expiry-ranges.ts'
import { type CertificateFilter, createRowTest, type RowTest } from '../../catalog/filter.ts'
import { KeptResults, type ResultBasis } from '../../catalog/kept-results.ts'
import type { RowList } from '../../catalog/merge.ts'
import type { Ordering } from '../../catalog/ordering.ts'
import { type RowsOf, SortedRows } from '../../catalog/sorted-rows.ts'
import type { Operation } from '../../operation.ts'
import type { OwnerRules } from '../../owners/owner-rules.ts'
import { type CatalogueVersion, type ListReading, type Rows, readingIn } from '../../providers/catalogue-version.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import { filterInSlices, type TimeSlice, visitInSlices } from '../../time-slice.ts'
import { countStatuses } from '../status-counts.ts'

/** Rows that were found with the orders and indexes of catalogues. */
export interface IndexedRows {
  readonly lists: readonly RowList<PlacedCertificate>[]
  /** Absent when all are accepted. */
  readonly accepts: ((row: PlacedCertificate) => boolean) | undefined
  /** What the pages may be kept for. */
  readonly basis?: ResultBasis | undefined
  count(): number | Promise<number>
  toNode(row: PlacedCertificate, list: number, index: number): ReadCertificate<PlacedCertificate>
}

/** A part of a common order. */
interface Part {
  readonly list: RowList<PlacedCertificate>
  originAt(index: number): ListReading
}

interface Search {
  readonly operation: Operation
  readonly versions: readonly CatalogueVersion[]
  readonly filter: CertificateFilter
  readonly thresholds: ExpiryRules
  readonly owners: OwnerRules
  readonly ordering: Ordering<Certificate>
}

/** Finds the rows that a filter accepts, without a look at each row where an index answers. */
export async function findIndexed(search: Search): Promise<IndexedRows> {
  const { filter, operation, thresholds } = search
  const test = createRowTest({ ...filter, includeDeleted: true }, operation.now, thresholds)
  if (isOnTexts(filter)) return findInLists(search, test)
  const orders = await sortedBy(search, search.ordering)
  if (!test) {
    const [first, ...others] = search.versions
    const basis = first && { of: [first, ...others] as const, state: rowsOf(filter) }
    return { ...toIndexed(search, orders.map(toPart), undefined, () => lengthOf(orders)), basis }
  }
  const parts = await selectDated(search, orders, test)
  return toIndexed(search, parts, test, () => countDated(search, test))
}

type Orders = readonly SortedRows<PlacedCertificate, ListReading>[]

function sortedBy(
  { versions, filter, operation }: Pick<Search, 'versions' | 'filter' | 'operation'>,
  ordering: Ordering<Certificate>,
): Promise<Orders> {
  const rows = rowsOf(filter)
  return Promise.all(versions.map((version) => version.sorted(rows, ordering, operation.timeSlice)))
}

/** The rows that a filter is about. */
export function rowsOf({ includeDeleted }: CertificateFilter): Rows {
  return includeDeleted ? 'all' : 'present'
}

function toPart(order: Orders[number]): Part {
  return { list: order, originAt: (index) => order.originAt(index) }
}

const byExpiry = new Map(
  (['ASC', 'DESC'] as const).map((direction) => [
    certificateOrdering({ field: 'EXPIRES_AT', direction }).name,
    direction,
  ]),
)

/** In an order by expiry, the accepted rows are next to each other, but for those whose status depends on their lifetimes. */
async function selectDated(search: Search, orders: Orders, test: RowTest): Promise<readonly Part[]> {
  const direction = byExpiry.get(search.ordering.name)
  if (!direction) return orders.map(toPart)
  const parts: Part[] = []
  for (const [index, order] of orders.entries()) {
    const expirySearch = await toExpirySearch(search, search.versions[index] as CatalogueVersion, order, direction)
    const { dated, undated } = acceptedRanges(order, expirySearch, test)
    for (const list of [...dated, undated])
      parts.push({ list, originAt: (index) => order.originAt(list.start + index) })
  }
  return parts
}

/** The number of rows is the same in every order. */
async function countDated(search: Search, test: RowTest): Promise<number> {
  const { versions, filter, operation, thresholds } = search
  const { now, timeSlice } = operation
  const rows = rowsOf(filter)
  const orders = await sortedBy(search, certificateOrdering())
  let count = 0
  for (const [index, order] of orders.entries()) {
    const version = versions[index] as CatalogueVersion
    if (filter.expiryStatuses && isOnStatusAlone(filter)) {
      const counts = await countStatuses(version, rows, { now, timeSlice, thresholds })
      for (const status of new Set(filter.expiryStatuses)) count += counts[status]
    } else {
      const expirySearch = await toExpirySearch(search, version, order, 'ASC')
      count += await countAccepted(acceptedRanges(order, expirySearch, test), expirySearch.kind, test, timeSlice)
    }
  }
  return count
}

function isOnStatusAlone({ expiresBefore, expiresAfter, expiresWithin }: CertificateFilter): boolean {
  return [expiresBefore, expiresAfter, expiresWithin].every((time) => typeof time !== 'number')
}

async function toExpirySearch(
  { filter, operation: { now, timeSlice }, thresholds: rules }: Search,
  version: CatalogueVersion,
  order: Orders[number],
  direction: 'ASC' | 'DESC',
): Promise<ExpirySearch> {
  const provider = order.at(0)?.provider ?? ''
  const thresholds = thresholdsOf(rules, provider)
  const counts = filter.expiryStatuses ? await version.counts(rowsOf(filter), timeSlice) : null
  const hasLifetimes = counts !== null && counts.withLifetime > 0
  const kind = { provider, thresholds, hasLifetimes }
  return { direction, now, boundaries: expiryBoundaries(filter, now, thresholds), kind }
}

/** Sorting more rows than this share of all takes longer than looking at all in order. */
const maxSortedShare = 1 / 16

/** Rows that were selected by their texts or owners. */
interface Selection {
  readonly parts: readonly Part[]
  readonly accepts: IndexedRows['accepts']
  readonly count: number
  /** Rows that it refers to itself. */
  readonly size: number
}

/** Rows of the selections that are kept at most, each of up to 40 bytes. */
const maxSelected = 200_000
/** The size of a selection besides its rows. */
const minSelected = 100

/** Dashboards repeat a search, and a search has many pages. */
const selections = new KeptResults<Selection>(maxSelected, ({ size }) => size + minSelected)

async function findInLists(search: Search, test: RowTest | undefined): Promise<IndexedRows> {
  const { versions, filter, owners, ordering } = search
  const [first, ...others] = versions
  const { nameContains, search: text, ownedBy } = filter
  const state = JSON.stringify([rowsOf(filter), nameContains, text, ownedBy && [...ownedBy]])
  const basis = first && !test && { of: [first, ...others, owners] as const, state }
  const select = () => selectInLists(search, test)
  const { parts, accepts, count } = await (basis ? selections.get(basis, ordering.name, select) : select())
  return { ...toIndexed(search, parts, accepts, () => count), ...(basis && { basis }) }
}

async function selectInLists(search: Search, test: RowTest | undefined): Promise<Selection> {
  const { versions, operation, ordering } = search
  const { timeSlice } = operation
  const found: FoundRows[] = []
  let [all, count] = [0, 0]
  for (const { states } of versions) {
    for (const { reading } of states) {
      if (!reading) continue
      const inList = findIn(reading, search, test)
      const rows = inList instanceof Promise ? await inList : inList
      const of = search.filter.includeDeleted ? reading.value.rows : reading.value.present
      all += of.length
      count += rows.length
      if (of.length > 0) found.push({ rows, origin: reading, of })
    }
  }
  if (count <= all * maxSortedShare) {
    const sorted = await SortedRows.create<PlacedCertificate, ListReading>(ordering, found, timeSlice)
    return { parts: [toPart(sorted)], accepts: undefined, count, size: count }
  }
  const accepts = await createTest(found, count > all / 2, timeSlice)
  const parts = (await sortedBy(search, ordering)).map(toPart)
  return { parts, accepts, count, size: Math.min(count, all - count) }
}

/** The rows of a list that a filter accepts, in the order of the list. */
interface FoundRows extends RowsOf<PlacedCertificate, ListReading> {
  /** The rows of the list. */
  readonly of: readonly PlacedCertificate[]
}

/** The test of all rows. It has a set of those that are accepted or of the others: adding the larger part takes longer than the search. */
async function createTest(
  found: readonly FoundRows[],
  areMostAccepted: boolean,
  timeSlice: TimeSlice,
): Promise<IndexedRows['accepts']> {
  const selected = new Set<PlacedCertificate>()
  if (!areMostAccepted) {
    for (const { rows } of found) await visitInSlices(rows, timeSlice, (row) => selected.add(row))
    return (row) => selected.has(row)
  }
  for (const { rows, of } of found) {
    if (rows.length === of.length) continue
    let next = 0
    await visitInSlices(of, timeSlice, (row) => {
      if (row === rows[next]) next += 1
      else selected.add(row)
    })
  }
  return selected.size === 0 ? undefined : (row) => !selected.has(row)
}

/** Whether a filter has conditions that the indexes of the lists answer. */
function isOnTexts({ nameContains, search, ownedBy }: CertificateFilter): boolean {
  return typeof nameContains === 'string' || typeof search === 'string' || Boolean(ownedBy)
}

type FoundIn = readonly PlacedCertificate[] | Promise<readonly PlacedCertificate[]>

/** The rows of a list that a filter with texts or owners accepts, in its order. */
function findIn({ value: list }: ListReading, search: Search, test: RowTest | undefined): FoundIn {
  const { filter, owners, operation } = search
  const { timeSlice } = operation
  const { nameContains, search: text, ownedBy } = filter
  const found: FoundIn[] = []
  if (typeof nameContains === 'string') found.push(list.withName(nameContains, timeSlice))
  if (typeof text === 'string') found.push(list.withText(text, timeSlice))
  if (ownedBy) {
    const owned = owners.ownersIn(list, timeSlice)
    found.push(
      owned instanceof Promise ? owned.then((made) => made.of(ownedBy, timeSlice)) : owned.of(ownedBy, timeSlice),
    )
  }
  const [rows = [], ...others] = found
  const isWhole = others.length === 0 && !test && (filter.includeDeleted || list.present === list.rows)
  return isWhole ? rows : intersect(rows, others, search, test)
}

/** The rows that all conditions accept. */
async function intersect(
  first: FoundIn,
  others: readonly FoundIn[],
  { filter: { includeDeleted }, operation: { timeSlice } }: Search,
  test: RowTest | undefined,
): Promise<readonly PlacedCertificate[]> {
  const [rows = [], ...further] = await Promise.all([first, ...others])
  const sets = further.map((each) => new Set(each))
  return filterInSlices(
    rows,
    timeSlice,
    (row) => sets.every((set) => set.has(row)) && (includeDeleted || row.deleted !== true) && (!test || test(row)),
  )
}

function toIndexed(
  { versions }: Search,
  parts: readonly Part[],
  accepts: IndexedRows['accepts'],
  count: IndexedRows['count'],
): IndexedRows {
  return {
    lists: parts.map(({ list }) => list),
    accepts,
    count,
    toNode: (row, list, index) => fromReading(row, readingIn(versions, parts[list]?.originAt(index) as ListReading)),
  }
}

function lengthOf(orders: Orders): number {
  return orders.reduce((sum, { length }) => sum + length, 0)
}
