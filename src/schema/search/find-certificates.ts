import { type Certificate, fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { ExpiryThresholds } from '../../catalog/expiry.ts'
import { createRowTest } from '../../catalog/filter.ts'
import type { Operation } from '../../operation.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { isComplete, type Source, settleCertificates } from '../../providers/source.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { NodeFinder } from '../find-node.ts'
import { type CertificateFilterInput, parseFilter } from './filter-input.ts'
import { findCertificatePlaces } from './find-places.ts'
import { testUncovered } from './uncovered-filter.ts'
import { testX509 } from './x509-filter.ts'

export interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
  readonly thresholds: ExpiryThresholds
}

export interface Conditions {
  readonly filter?: CertificateFilterInput | null | undefined
  /** How old a reading may be, in milliseconds. */
  readonly maxStaleness?: number | null | undefined
}

type Lists = readonly (readonly PlacedCertificate[])[]

/** What the places that a filter allows list, and what it makes of that. */
export interface FoundCertificates {
  /** One for each reading; no certificate stands in two of them. */
  readonly lists: Lists
  accepts(row: PlacedCertificate): boolean
  toNode(row: PlacedCertificate, list: number): ReadCertificate<PlacedCertificate>
  /** Every place and discovery that was asked, also those that failed. */
  readonly sources: readonly Source[]
  /** Nothing failed, no row was lost, and every certificate could be held against the filter. */
  readonly complete: boolean
}

/**
 * Asks every place the filter allows; those that fail are in the report. `rowsOf` takes the rows of a reading, in an order
 * or in none.
 */
export async function findCertificates(
  search: Search,
  operation: Operation,
  conditions: Conditions,
  rowsOf: (list: CertificateList<PlacedCertificate>) => readonly PlacedCertificate[],
): Promise<FoundCertificates> {
  const input = conditions.filter ?? {}
  const filter = parseFilter(input)
  const maxStaleness = conditions.maxStaleness ?? undefined

  const holders = await findCertificatePlaces(search, operation, { ...input, maxStaleness })
  const settled = await Promise.all(
    holders.items.map((place) => settleCertificates(place, place.read(operation, maxStaleness))),
  )
  const readings = settled.flatMap(({ reading }) => reading ?? [])
  const untold = distinctLists(
    readings.map(({ value }) => rowsOf(value)),
    (input.scopeIds !== undefined && input.scopeIds !== null) || operation.caller.places !== null,
  )
  const { lists, sources: flagSources } = await tellActive(operation, untold, filter.active)

  const rowTest = createRowTest(filter, operation.now, search.thresholds)
  const x509 = await testX509(operation, lists, filter, rowTest)
  const isCandidate = (row: PlacedCertificate) => rowTest(row) && x509.accepts(row)
  const uncovered = await testUncovered(operation, lists, filter, { isCandidate, maxStaleness })

  const read = settled.map(({ source }) => source)
  const sources = uniqueSources([...holders.sources, ...read, ...flagSources, ...uncovered.sources])
  return {
    lists,
    accepts: (row) => isCandidate(row) && uncovered.accepts(row),
    toNode: (row, list) => fromReading(uncovered.annotate(x509.annotate(row)), readings[list] as Reading<unknown>),
    sources,
    complete: isComplete(sources) && x509.complete && uncovered.complete,
  }
}

/**
 * Places that a filter or a caller's list names may overlap, an organization and its project, or two projects: a certificate
 * stays in the first list that has it.
 */
function distinctLists(lists: Lists, mayOverlap: boolean): Lists {
  if (!mayOverlap || lists.length < 2) return lists
  const seen = new Set<string>()
  return lists.map((list) => list.filter(({ id }) => !seen.has(id) && seen.add(id)))
}

/** A filter on the flag has to know it, also of certificates whose own list does not tell: their scope's list does. */
async function tellActive(
  operation: Operation,
  lists: Lists,
  wanted: boolean | null | undefined,
): Promise<{ lists: Lists; sources: readonly Source[] }> {
  if (typeof wanted !== 'boolean') return { lists, sources: [] }
  const scopes = new Set(lists.flatMap((list) => list.filter(isUntold).map(({ place }) => place)))
  const sources = await Promise.all([...scopes].map((scope) => scope.source(operation)))
  const failed = new Set(sources.filter(({ status }) => status === 'FAILED').map(({ place }) => place.id))
  const tell = async (row: PlacedCertificate): Promise<PlacedCertificate> => {
    if (!isUntold(row)) return row
    return { ...row, active: failed.has(row.place.id) ? null : await row.place.active(operation, row) }
  }
  const toldLists = lists.map((list) => (list.some(isUntold) ? Promise.all(list.map(tell)) : list))
  return { lists: await Promise.all(toldLists), sources }
}

function isUntold({ active }: Certificate): boolean {
  return active === undefined
}

function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [`${source.kind} ${source.place.id}`, source])).values()]
}
