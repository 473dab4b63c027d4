import { type Certificate, fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { ExpiryThresholds } from '../../catalog/expiry.ts'
import { createRowTest } from '../../catalog/filter.ts'
import type { Operation } from '../../operation.ts'
import { missingPlaceReasons, sourceReasons } from '../../providers/incomplete.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { settleCertificates } from '../../providers/source.ts'
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

/** The rows that the places of a filter list, and the filter to apply to them. */
export interface FoundCertificates {
  /** One list per reading; a certificate is in one of them only. */
  readonly lists: Lists
  accepts(row: PlacedCertificate): boolean
  toNode(row: PlacedCertificate, list: number): ReadCertificate<PlacedCertificate>
  /** Reports on every place and discovery, failed ones included. */
  readonly sources: readonly Source[]
  /** Why certificates may be missing, one sentence each: a source that failed, lost rows, a filter that could not be applied. */
  readonly incompleteReasons: readonly string[]
}

/** Reads every place of the filter; failures are in `sources`. `rowsOf` returns the rows of a list, sorted if needed. */
export async function findCertificates(
  search: Search,
  operation: Operation,
  conditions: Conditions,
  rowsOf: (list: CertificateList<PlacedCertificate>) => readonly PlacedCertificate[],
): Promise<FoundCertificates> {
  const input = conditions.filter ?? {}
  const filter = parseFilter(input)
  const maxStaleness = conditions.maxStaleness ?? undefined
  const isAboutNamedPlaces = input.placeIds !== undefined && input.placeIds !== null
  // An answer about named places lacks nothing when another place does not exist.
  const missing = isAboutNamedPlaces ? undefined : operation.placeIndex?.findMissing?.(operation)

  const holders = await findCertificatePlaces(search, operation, { ...input, maxStaleness })
  const settled = await Promise.all(
    holders.items.map((place) => settleCertificates(place, place.read(operation, maxStaleness))),
  )
  const readings = settled.flatMap(({ reading }) => reading ?? [])
  const distinct = distinctLists(
    readings.map(({ value }) => rowsOf(value)),
    isAboutNamedPlaces || operation.caller.places !== null,
  )
  const { lists, sources: flagSources } = await resolveActive(operation, distinct, filter.active)

  const rowTest = createRowTest(filter, operation.now, search.thresholds)
  const x509 = await testX509(operation, lists, filter, rowTest)
  const isCandidate = (row: PlacedCertificate) => rowTest(row) && x509.accepts(row)
  const uncovered = await testUncovered(operation, lists, filter, { isCandidate, maxStaleness })

  const placeSources = settled.map(({ source }) => source)
  const sources = uniqueSources([...holders.sources, ...placeSources, ...flagSources, ...uncovered.sources])
  return {
    lists,
    accepts: (row) => isCandidate(row) && uncovered.accepts(row),
    toNode: (row, list) => fromReading(uncovered.annotate(x509.annotate(row)), readings[list] as Reading<unknown>),
    sources,
    incompleteReasons: [
      ...sourceReasons(sources),
      ...x509.incompleteReasons,
      ...uncovered.incompleteReasons,
      ...missingPlaceReasons(operation, await missing, sources),
    ],
  }
}

/**
 * Places named by a filter or by a caller's permissions may overlap, such as an organization and its project: a
 * certificate stays in the first list only.
 */
function distinctLists(lists: Lists, mayOverlap: boolean): Lists {
  if (!mayOverlap || lists.length < 2) return lists
  const seen = new Set<string>()
  return lists.map((list) => list.filter(({ id }) => !seen.has(id) && seen.add(id)))
}

/** Resolves the active flag that a filter needs where the list that was read lacks it: the certificate's place has it. */
async function resolveActive(
  operation: Operation,
  lists: Lists,
  wanted: boolean | null | undefined,
): Promise<{ lists: Lists; sources: readonly Source[] }> {
  if (typeof wanted !== 'boolean') return { lists, sources: [] }
  const places = new Set(lists.flatMap((list) => list.filter(lacksActive).map(({ place }) => place)))
  const sources = await Promise.all([...places].map((place) => place.source(operation)))
  const failed = new Set(sources.filter(({ status }) => status === 'FAILED').map(({ place }) => place.id))
  const resolve = async (row: PlacedCertificate): Promise<PlacedCertificate> => {
    if (!lacksActive(row)) return row
    return { ...row, active: failed.has(row.place.id) ? null : await row.place.active(operation, row) }
  }
  const resolved = lists.map((list) => (list.some(lacksActive) ? Promise.all(list.map(resolve)) : list))
  return { lists: await Promise.all(resolved), sources }
}

function lacksActive({ active }: Certificate): boolean {
  return active === undefined
}

function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [`${source.kind} ${source.place.id}`, source])).values()]
}
