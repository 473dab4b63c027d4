import { maxPageSize } from '../../catalog/connection.ts'
import { type CertificateFilterInput, isIndexed } from '../search/filter-input.ts'
import { call, type PriceBySize, priceOfScan } from './quantities.ts'
import type { Sizes } from './sizes.ts'

type Filter = CertificateFilterInput | null | undefined

/** A condition on the contents of certificates is tested in three passes: one finds the candidates, one tests each, one pages. */
export const certificatePasses = 3

/** A search over many places. */
export const priceOfSearch: PriceBySize = (args, sizes) => {
  const filter = filterIn(args)
  const scan = () => priceOfScan(sizes.rows(whereOf(filter)))
  // The lists of named places, and those of a caller with a list of places, may overlap: their rows are compared.
  const mayOverlap = sizes.mayOverlap || isGiven(filter?.placeIds)
  const isKept = !mayOverlap && !isGiven(args['maxStaleness']) && isIndexed(filter ?? {})
  const passes = isKept ? passesOfIndex(filter) : passesOf(filter) + (mayOverlap ? 1 : 0)
  return {
    price: priceOfCalls(filter) + (passes === 0 ? 0 : passes * scan()),
    quantities: {
      scan: isKept ? () => 0 : scan,
      places: () => sizes.lists(whereOf(filter)),
      sources: () => countSources(filter, sizes),
    },
  }
}

/** The statistics of a search look at every row once more. */
export const priceOfStatistics: PriceBySize = (args, sizes, parent) => {
  const { price = 0, quantities } = priceOfSearch(args, sizes, parent)
  return {
    price: price + priceOfScan(sizes.rows(whereOf(filterIn(args)))),
    quantities: { ...quantities, duplicates: () => sizes.duplicates().certificates },
  }
}

/** The list of one place. Which place is not known here: the largest list of its type counts. */
export const priceOfPlaceList: PriceBySize = (args, sizes, parent) => {
  const filter = filterIn(args)
  const scan = () => priceOfScan(sizes.largest(parent))
  const passes = passesOf(filter)
  return { price: priceOfCalls(filter) + (passes === 0 ? 0 : passes * scan()), quantities: { scan } }
}

const filterIn = (args: Readonly<Record<string, unknown>>) => args['filter'] as Filter

const whereOf = (filter: Filter) => ({ placeIds: filter?.placeIds, providers: filter?.providers })

export const isGiven = (value: unknown) => value !== null && value !== undefined

/** How often a search looks at each row to test it. */
function passesOf(filter: Filter): number {
  if (!filter) return 0
  if (needsCertificates(filter)) return certificatePasses
  const { providers, placeIds, includeDeleted, excludeUnknownExpiry, ...conditions } = filter
  return Object.values(conditions).some(isGiven) ? 1 : 0
}

/** A text is searched in the names of all rows, and an owner in the owners. The orders by expiry answer the other conditions. */
function passesOfIndex(filter: Filter): number {
  return [filter?.search, filter?.nameContains, filter?.owners, filter?.unowned].some(isGiven) ? 1 : 0
}

/** A filter that needs calls per certificate is priced as if it made a hundred. */
function priceOfCalls(filter: Filter): number {
  return filter && needsCertificates(filter) ? maxPageSize * call : 0
}

function needsCertificates(filter: CertificateFilterInput): boolean {
  const { issuerContains, subjectAltName, serialNumber, sha256Fingerprint, weaknesses, expiringUncovered } = filter
  return [issuerContains, subjectAltName, serialNumber, sha256Fingerprint, weaknesses, expiringUncovered].some(isGiven)
}

function countSources(filter: Filter, sizes: Sizes): number {
  // To find replacements, more is read of a place than its list.
  const perPlace = isGiven(filter?.expiringUncovered) ? 2 : 1
  const { all, searched } = sizes.discoveries
  const discoveries = filter?.placeIds ? Math.min(all, filter.placeIds.length) : searched
  return perPlace * sizes.lists(whereOf(filter)) + discoveries
}
