import { InputError } from '../catalog/error.ts'
import { joinFound, uniqueFound } from '../providers/found.ts'
import { type CertificatePlace, type Found, readAhead } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import type { Operation } from '../upstream/operation.ts'
import type { CertificateFilterInput } from './filter-input.ts'
import type { NodeFinder } from './find-node.ts'

/** The places whose lists a filter asks for: those it names, or all of the vendors it names. */
export async function findHolders(
  { vendors, nodes }: { readonly vendors: readonly Vendor[]; readonly nodes: NodeFinder },
  operation: Operation,
  { providers, scopeIds, maxStaleness }: CertificateFilterInput & { readonly maxStaleness: number | undefined },
): Promise<Found<CertificatePlace>> {
  const isWanted = ({ provider }: { readonly provider: string }) => !providers || providers.includes(provider)
  if (!scopeIds) {
    const found = vendors.filter(isWanted).map(async (vendor) => {
      const holders = await vendor.holders(operation, maxStaleness)
      readAhead(operation, holders.items, maxStaleness)
      return holders
    })
    return joinFound(await Promise.all(found))
  }
  // All are checked before anything is looked for.
  const named = scopeIds.map((id, index) => parsePlaceId(id, `filter.scopeIds[${index}]`))
  return uniqueFound(joinFound(await Promise.all(named.map(findNamed))))

  function parsePlaceId(text: string, argument: string) {
    const { id, lookup } = nodes.lookup(text)
    if (lookup.kind === 'place') return { id, lookup, argument }
    throw new InputError(`${argument}: of type ${id.typename}; expected the id of a place, as \`scopes\` lists them`)
  }

  async function findNamed({
    id,
    lookup,
    argument,
  }: ReturnType<typeof parsePlaceId>): Promise<Found<CertificatePlace>> {
    const { items, sources } = await lookup.find(operation, id, maxStaleness)
    const [place] = items
    if (place) {
      const holders = isWanted(place) ? await place.holders(operation, maxStaleness) : { items: [], sources: [] }
      readAhead(operation, holders.items, maxStaleness)
      return { items: holders.items, sources: [...sources, ...holders.sources] }
    }
    // Whether it exists could not be found out: that is a gap in the answer, and no mistake of the caller.
    if (sources.some(({ error }) => error)) return { items: [], sources }
    throw new InputError(
      `${argument}: a place that is neither configured nor discovered; \`scopes\` lists those that are`,
      'NOT_CONFIGURED',
    )
  }
}
