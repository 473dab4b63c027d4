import type { Operation } from '../../operation.ts'
import type { CertificateHolder, SearchResult } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { emptyResult, joinResults, readAhead, uniqueResult } from '../../providers/search-result.ts'
import type { NodeFinder } from '../find-node.ts'
import type { CertificateFilterInput } from './filter-input.ts'
import { createNamedPlaceFinder } from './named-places.ts'

/** The places whose lists a search reads: those of `placeIds`, otherwise all places of the vendors in `providers`. */
export async function findCertificatePlaces(
  search: { readonly vendors: readonly Vendor[]; readonly nodes: NodeFinder },
  operation: Operation,
  { providers, placeIds, maxStaleness }: CertificateFilterInput & { readonly maxStaleness: number | undefined },
): Promise<SearchResult<CertificateHolder>> {
  const isWanted = ({ provider }: { readonly provider: string }) => !providers || providers.includes(provider)
  if (!placeIds) {
    const found = search.vendors.filter(isWanted).map(async (vendor) => {
      const holders = await vendor.certificateHolders(operation, maxStaleness)
      readAhead(operation, holders.items, maxStaleness)
      return holders
    })
    return joinResults(await Promise.all(found))
  }
  const finder = createNamedPlaceFinder(search, operation, maxStaleness)
  // All ids are checked before the first call.
  const named = placeIds.map((text, index) => finder.parse(text, `filter.placeIds[${index}]`))
  const distinct = [...new Map(named.map((name) => [name.text, name])).values()]
  const found = distinct.map(async (id) => {
    const { items, sources } = await finder.find(id)
    const [place] = items
    const holders = place && isWanted(place) ? await place.certificateHolders(operation, maxStaleness) : emptyResult
    readAhead(operation, holders.items, maxStaleness)
    return { items: holders.items, sources: [...sources, ...holders.sources] }
  })
  return uniqueResult(joinResults(await Promise.all(found)))
}
