import type { Operation } from '../operation.ts'
import { toGlobalId } from './global-id.ts'

/** The vendor's own key of a node, for a subgraph that does not know global ids. */
export interface EntityKey {
  /** The fields it is made of, as a selection of the type. */
  readonly fields: string
  /** The global id, by the ids at the leaves of that selection, each of them checked; null when there is no such node. */
  toId(operation: Operation, ids: readonly string[]): string | Promise<string | null>
}

/** A key whose leaves are the names that a global id is made of, in their order. */
export function createEntityKey(typename: string, fields: string): EntityKey {
  return { fields, toId: (_operation, ids) => toGlobalId(typename, ...ids) }
}
