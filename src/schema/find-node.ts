import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import type { EntityKey } from '../providers/entity-key.ts'
import { type GlobalId, parseGlobalId } from '../providers/global-id.ts'
import type { Lookup, Vendor } from '../providers/provider.ts'
import { oneOrNull } from '../providers/search-result.ts'

/** Finds nodes of every vendor by global id. */
export interface NodeFinder {
  /** How the type of an id is looked up. @throws InputError when the id is malformed or of no type of this API */
  lookup(id: string): { readonly id: GlobalId; readonly lookup: Lookup }
  /** The node, or null when it is gone or nobody configured its place. @throws UpstreamError when it cannot be known */
  find(operation: Operation, id: string): Promise<object | null>
  /** The vendor's own key of a type, if it has one. */
  entityKey(typename: string): EntityKey | undefined
}

export function createNodeFinder(vendors: readonly Vendor[]): NodeFinder {
  const lookups = new Map(vendors.flatMap((vendor) => Object.entries(vendor.lookups)))
  const finder: NodeFinder = {
    lookup(text) {
      const id = parseGlobalId(text)
      const lookup = lookups.get(id.typename)
      if (!lookup) throw new InputError('id: of no type of this API; pass one that a query gave, unchanged')
      return { id, lookup }
    },
    async find(operation, text) {
      const { id, lookup } = finder.lookup(text)
      return lookup.kind === 'place' ? oneOrNull(await lookup.find(operation, id)) : lookup.find(operation, id)
    },
    entityKey: (typename) => lookups.get(typename)?.entityKey,
  }
  return finder
}
