import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import { type GlobalId, parseGlobalId, typenameIn } from '../providers/global-id.ts'
import { assertNotUnknown } from '../providers/incomplete.ts'
import type { EntityKey, Lookup, Vendor } from '../providers/provider.ts'
import { oneOrNull } from '../providers/search-result.ts'
import { createLoader } from '../upstream/loader.ts'

/** Finds objects of every vendor by global id. */
export interface NodeFinder {
  /** Parses an id and finds the lookup of its type. @throws InputError when the id is malformed or has an unknown type */
  lookup(id: string, argument: string): { readonly id: GlobalId; readonly lookup: Lookup }
  /** Whether a text looks like a global id: it names a type of this API, though the rest may be malformed. */
  isGlobalId(text: string): boolean
  /**
   * The object; null when it does not exist or its place is not configured. Found once per operation.
   * @throws UpstreamError when a call fails
   */
  find(operation: Operation, id: string, argument: string): Promise<object | null>
  /** The vendor's key of a type, if it has one. */
  entityKey(typename: string): EntityKey | undefined
}

export function createNodeFinder(vendors: readonly Vendor[]): NodeFinder {
  const lookups = new Map(vendors.flatMap((vendor) => Object.entries(vendor.lookups)))
  const finder: NodeFinder = {
    lookup(text, argument) {
      const id = parseGlobalId(text, argument)
      const lookup = lookups.get(id.typename)
      if (!lookup) throw new InputError(`${argument}: not an id of this API; expected one from a query, unchanged`)
      return { id, lookup }
    },
    isGlobalId: (text) => lookups.has(typenameIn(text)),
    async find(operation, text, argument) {
      return load(operation, finder.lookup(text, argument))
    },
    entityKey: (typename) => lookups.get(typename)?.entityKey,
  }
  const load = createLoader<ReturnType<NodeFinder['lookup']>, object | null>(
    async ({ id, lookup }, operation) => {
      if (lookup.kind !== 'place') return lookup.find(operation, id)
      const found = oneOrNull(await lookup.find(operation, id))
      if (!found) await assertNotUnknown(operation, id.key)
      return found
    },
    ({ id }) => id.id,
  )
  return finder
}
