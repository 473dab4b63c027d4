import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { CertificateHolder, SearchResult } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { joinResults, readAhead, uniqueResult } from '../../providers/search-result.ts'
import type { NodeFinder } from '../find-node.ts'
import type { CertificateFilterInput } from './filter-input.ts'

/** The places whose lists a search reads: those of `placeIds`, otherwise all places of the vendors in `providers`. */
export async function findCertificatePlaces(
  { vendors, nodes }: { readonly vendors: readonly Vendor[]; readonly nodes: NodeFinder },
  operation: Operation,
  { providers, placeIds, maxStaleness }: CertificateFilterInput & { readonly maxStaleness: number | undefined },
): Promise<SearchResult<CertificateHolder>> {
  const isWanted = ({ provider }: { readonly provider: string }) => !providers || providers.includes(provider)
  if (!placeIds) {
    const found = vendors.filter(isWanted).map(async (vendor) => {
      const holders = await vendor.certificateHolders(operation, maxStaleness)
      readAhead(operation, holders.items, maxStaleness)
      return holders
    })
    return joinResults(await Promise.all(found))
  }
  // All ids are checked before the first call.
  const named = placeIds.map((id, index) => parsePlaceId(id, `filter.placeIds[${index}]`))
  return uniqueResult(joinResults(await Promise.all(named.map(findNamed))))

  function parsePlaceId(text: string, argument: string) {
    const { id, lookup } = nodes.lookup(text, argument)
    if (lookup.kind === 'place') return { id, lookup, argument }
    throw new InputError(
      `${argument}: expected the id of a place, not of type ${id.typename}; see \`certificatePlaces\``,
    )
  }

  async function findNamed({
    id,
    lookup,
    argument,
  }: ReturnType<typeof parsePlaceId>): Promise<SearchResult<CertificateHolder>> {
    const { items, sources } = await lookup.find(operation, id, maxStaleness)
    const [place] = items
    if (place) {
      const holders = isWanted(place)
        ? await place.certificateHolders(operation, maxStaleness)
        : { items: [], sources: [] }
      readAhead(operation, holders.items, maxStaleness)
      return { items: holders.items, sources: [...sources, ...holders.sources] }
    }
    // A failed discovery may hide the place: the result is incomplete, but the id may be right.
    if (sources.some(({ error }) => error)) return { items: [], sources }
    throw new InputError(
      `${argument}: this place is neither configured nor discovered; \`certificatePlaces\` lists those that are`,
      'NOT_CONFIGURED',
    )
  }
}
