import type { Operation } from '../../operation.ts'
import type { CertificateHolder, SearchResult } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { emptyResult, joinResults, readAhead, uniqueResult } from '../../providers/search-result.ts'
import type { NodeFinder } from '../find-node.ts'
import type { CertificateFilterInput } from './filter-input.ts'
import { createNamedPlaceFinder } from './named-places.ts'

/** The places of a search. */
interface FoundPlaces extends SearchResult<CertificateHolder> {
  /** The vendor's ids of named places that may exist although they were not found. */
  readonly unknown: readonly string[]
}

/** The places whose lists a search reads: those of `placeIds`, otherwise all places of the vendors in `providers`. */
export async function findCertificatePlaces(
  search: { readonly vendors: readonly Vendor[]; readonly nodes: NodeFinder },
  operation: Operation,
  { providers, placeIds, maxStaleness }: CertificateFilterInput & { readonly maxStaleness: number | undefined },
): Promise<FoundPlaces> {
  const isWanted = ({ provider }: { readonly provider: string }) => !providers || providers.includes(provider)
  if (!placeIds) {
    const found = search.vendors.filter(isWanted).map(async (vendor) => {
      const holders = await vendor.certificateHolders(operation, maxStaleness)
      readAhead(operation, holders.items, maxStaleness)
      return holders
    })
    return { ...joinResults(await Promise.all(found)), unknown: [] }
  }
  const finder = createNamedPlaceFinder(search, operation, maxStaleness)
  // All ids are checked before the first call.
  const named = placeIds.map((text, index) => finder.parse(text, `filter.placeIds[${index}]`))
  const distinct = [...new Map(named.map((name) => [name.text, name])).values()]
  const found = distinct.map(async (id) => {
    const { items, sources, unknown } = await finder.find(id)
    const [place] = items
    const holders = place && isWanted(place) ? await place.certificateHolders(operation, maxStaleness) : emptyResult
    readAhead(operation, holders.items, maxStaleness)
    return { items: holders.items, sources: [...sources, ...holders.sources], unknown }
  })
  const results = await Promise.all(found)
  return { ...uniqueResult(joinResults(results)), unknown: results.flatMap(({ unknown }) => unknown) }
}
