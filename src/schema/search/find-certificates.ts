import { fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { ExpiryThresholds } from '../../catalog/expiry.ts'
import type { Operation } from '../../operation.ts'
import { missingPlaceReasons, noHolderReasons, sourceReasons } from '../../providers/incomplete.ts'
import type { PlacedCertificate, Source } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { settleCertificates } from '../../providers/source.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { NodeFinder } from '../find-node.ts'
import { applyFilter } from './apply-filter.ts'
import { type Conditions, parseFilter } from './filter-input.ts'
import { findCertificatePlaces } from './find-places.ts'

export interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
  readonly thresholds: ExpiryThresholds
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
  const holders = await findCertificatePlaces(search, operation, { ...input, maxStaleness })
  const settled = await Promise.all(
    holders.items.map((place) => settleCertificates(place, place.read(operation, maxStaleness))),
  )
  const readings = settled.flatMap(({ reading }) => reading ?? [])
  const distinct = distinctLists(
    readings.map(({ value }) => rowsOf(value)),
    isAboutNamedPlaces || operation.caller.places !== null,
  )
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
function distinctLists(lists: Lists, mayOverlap: boolean): Lists {
  if (!mayOverlap || lists.length < 2) return lists
  const seen = new Set<string>()
  return lists.map((list) => list.filter(({ id }) => !seen.has(id) && seen.add(id)))
}

function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [`${source.kind} ${source.place.id}`, source])).values()]
}
