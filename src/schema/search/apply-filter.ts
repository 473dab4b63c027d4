import type { Certificate } from '../../catalog/certificate.ts'
import type { ExpiryThresholds } from '../../catalog/expiry.ts'
import { type CertificateFilter, createRowTest } from '../../catalog/filter.ts'
import type { Operation } from '../../operation.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import { testUncovered } from './uncovered-filter.ts'
import { testX509 } from './x509-filter.ts'

export interface FilterOptions {
  readonly filter: CertificateFilter
  readonly thresholds: ExpiryThresholds
  /** How old a reading of renewals may be, in milliseconds. */
  readonly maxStaleness: number | undefined
}

type Lists<Row> = readonly (readonly Row[])[]

/** Lists of certificates, and which of them a filter accepts. */
export interface FilteredLists<Row extends PlacedCertificate> {
  readonly lists: Lists<Row>
  accepts(row: PlacedCertificate): boolean
  /** Adds parse issues to a certificate that could not be tested. */
  annotate<Tested extends PlacedCertificate>(row: Tested): Tested
  /** What was read to apply the filter. */
  readonly sources: readonly Source[]
  /** Why the filter could not be applied to certificates, one sentence each. */
  readonly incompleteReasons: readonly string[]
}

/** Applies a filter to lists: first the conditions on rows, then those that cost calls for each certificate that is left. */
export async function applyFilter<Row extends PlacedCertificate>(
  operation: Operation,
  read: Lists<Row>,
  { filter, thresholds, maxStaleness }: FilterOptions,
): Promise<FilteredLists<Row>> {
  const { lists, sources } = await resolveActive(operation, read, filter.active)
  const rowTest = createRowTest(filter, operation.now, thresholds)
  const x509 = await testX509(operation, lists, filter, rowTest)
  const isCandidate = (row: PlacedCertificate) => rowTest(row) && x509.accepts(row)
  const uncovered = await testUncovered(operation, lists, filter, { isCandidate, maxStaleness })
  return {
    lists,
    accepts: (row) => isCandidate(row) && uncovered.accepts(row),
    annotate: (row) => uncovered.annotate(x509.annotate(row)),
    sources: [...sources, ...uncovered.sources],
    incompleteReasons: [...x509.incompleteReasons, ...uncovered.incompleteReasons],
  }
}

/** Resolves the active flag that a filter needs where the list that was read lacks it: the certificate's place has it. */
async function resolveActive<Row extends PlacedCertificate>(
  operation: Operation,
  lists: Lists<Row>,
  wanted: boolean | null | undefined,
): Promise<{ lists: Lists<Row>; sources: readonly Source[] }> {
  if (typeof wanted !== 'boolean') return { lists, sources: [] }
  const places = new Set(lists.flatMap((list) => list.filter(lacksActive).map(({ place }) => place)))
  const sources = await Promise.all([...places].map((place) => place.source(operation)))
  const failed = new Set(sources.filter(({ status }) => status === 'FAILED').map(({ place }) => place.id))
  const resolve = async (row: Row): Promise<Row> => {
    if (!lacksActive(row)) return row
    return { ...row, active: failed.has(row.place.id) ? null : await row.place.active(operation, row) }
  }
  const resolved = lists.map((list) => (list.some(lacksActive) ? Promise.all(list.map(resolve)) : list))
  return { lists: await Promise.all(resolved), sources }
}

function lacksActive({ active }: Certificate): boolean {
  return active === undefined
}
