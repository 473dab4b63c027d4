import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import { parseGlobalId } from '../../providers/global-id.ts'
import { unknownOf } from '../../providers/incomplete.ts'
import type { Place, SearchResult } from '../../providers/place.ts'
import type { Vendor } from '../../providers/provider.ts'
import { filterResult, joinResults, uniqueResult } from '../../providers/search-result.ts'
import { visibleOf } from '../../providers/visibility.ts'
import { idPattern } from '../../upstream/url.ts'
import type { NodeFinder } from '../find-node.ts'

/** An id of a place, and the argument that has it. */
interface PlaceName {
  readonly text: string
  readonly argument: string
  /** The global id; null while only the vendor's id is known. */
  readonly globalId: string | null
}

/** A place that was searched for, or none. */
interface NamedPlace extends SearchResult<Place> {
  /** The vendor's id of a place that may exist although it was not found. */
  readonly unknown: readonly string[]
}

/** Finds places by global id, or by the vendor's own id. */
export function createNamedPlaceFinder(
  { vendors, nodes }: { readonly vendors: readonly Vendor[]; readonly nodes: NodeFinder },
  operation: Operation,
  maxStaleness: number | undefined,
) {
  const configured = visibleOf(
    operation,
    vendors.flatMap((vendor) => vendor.configured),
  )

  /** Makes no call. @throws InputError when the text cannot be the id of a place */
  function parse(text: string, argument: string): PlaceName {
    if (nodes.isGlobalId(text)) {
      lookupOf(text, argument)
      return { text, argument, globalId: text }
    }
    const known = configured.filter(({ vendorId }) => vendorId === text)
    const globalId = idOfOne({ text, argument }, { items: known, sources: [] })
    if (globalId === null && !mayBeDiscovered(text)) {
      throw new InputError(`${argument}: not an id of this API; expected the \`id\` or \`vendorId\` of a place`)
    }
    // An account whose id was chosen in the configuration may have the id of a place that a vendor lists.
    const isChosen = known.some((place) => !('read' in place)) && mayBeDiscovered(text)
    return { text, argument, globalId: isChosen ? null : globalId }
  }

  /**
   * The place. There is none when a discovery that could have it failed: the sources report it, or the place is in `unknown`
   * because the caller may not see the report.
   * @throws InputError when it is neither configured nor discovered
   */
  async function find(name: PlaceName): Promise<NamedPlace> {
    const { argument } = name
    const { globalId, sources: discoveries } =
      name.globalId === null ? await discover(name) : { globalId: name.globalId, sources: [] }
    const { items, sources } =
      globalId === null
        ? { items: [], sources: discoveries }
        : await lookupOf(globalId, argument).find(operation, maxStaleness)
    // A failed discovery may hide the place: the result is incomplete, but the id may be right.
    if (items.length > 0 || sources.some(({ error }) => error)) return { items, sources, unknown: [] }
    const unknown = await unknownOf(operation, globalId === null ? [name.text] : parseGlobalId(globalId).key)
    if (unknown.length > 0) return { items, sources, unknown }
    throw new InputError(
      `${argument}: this place is neither configured nor discovered; \`certificatePlaces\` lists those that are`,
      'NOT_CONFIGURED',
    )
  }

  /** The vendor's id does not say whose it is: the places of all vendors are searched. */
  async function discover(name: PlaceName) {
    const places = joinResults(await Promise.all(vendors.map((vendor) => vendor.places(operation))))
    return { globalId: idOfOne(name, places), sources: places.sources }
  }

  function lookupOf(globalId: string, argument: string) {
    const { id, lookup } = nodes.lookup(globalId, argument)
    if (lookup.kind !== 'place') {
      throw new InputError(
        `${argument}: expected the id of a place, not of type ${id.typename}; see \`certificatePlaces\``,
      )
    }
    return { find: (operation: Operation, staleness?: number) => lookup.find(operation, id, staleness) }
  }

  return { parse, find }
}

/** The vendors' ids of projects and contracts have a digit, `_` or `-`. Any other text is a mistake, and makes no call. */
function mayBeDiscovered(text: string): boolean {
  return idPattern.test(text) && /[\d_-]/.test(text)
}

/** The global id of the place with a vendor's id; null when there is none. @throws InputError when there are several */
function idOfOne({ text, argument }: Pick<PlaceName, 'text' | 'argument'>, places: SearchResult<Place>): string | null {
  const [place, other] = uniqueResult(filterResult(places, ({ vendorId }) => vendorId === text)).items
  if (place && other) {
    throw new InputError(`${argument}: ${text} is the vendorId of two places; pass the \`id\` of one of them`)
  }
  return place?.id ?? null
}
