import { type GraphQLNamedType, type GraphQLSchema, isAbstractType, isObjectType } from 'graphql'
import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { NodeFinder } from '../find-node.ts'
import { type Fields, readIds } from './read-key.ts'

/** How another subgraph refers to a node: its type, and the fields of one of the type's keys. */
export type Representation = Fields

/**
 * The node that a representation stands for, or null when it is gone or nobody configured its place. A global id goes before
 * the vendor's own key.
 * @throws InputError when it stands for no node of this API, UpstreamError when the node cannot be known
 */
export async function findEntity(
  nodes: NodeFinder,
  representation: Representation,
  operation: Operation,
  schema: GraphQLSchema,
): Promise<object | null> {
  const typename = representation['__typename']
  const type = typeof typename === 'string' ? schema.getType(typename) : undefined
  if (!type) throw new InputError('__typename: of no type of this API')
  if (typeof representation['id'] === 'string') return findById(nodes, representation['id'], type, operation, schema)
  const key = nodes.entityKey(type.name)
  if (!key) throw new InputError(`id: expected a global id of type ${type.name}`)
  const id = await key.toId(operation, readIds(representation, key))
  return id === null ? null : nodes.find(operation, id)
}

async function findById(
  nodes: NodeFinder,
  id: string,
  type: GraphQLNamedType,
  operation: Operation,
  schema: GraphQLSchema,
): Promise<object | null> {
  const { typename } = nodes.lookup(id).id
  const given = schema.getType(typename)
  const fits = given === type || (isAbstractType(type) && isObjectType(given) && schema.isSubType(type, given))
  if (!fits) throw new InputError(`id: of type ${typename}; expected one of type ${type.name}`)
  return nodes.find(operation, id)
}
