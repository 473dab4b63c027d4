import { type GraphQLNamedType, type GraphQLSchema, isAbstractType, isObjectType } from 'graphql'
import { InputError } from '../../input-error.ts'
import type { Operation } from '../../operation.ts'
import type { NodeFinder } from '../find-node.ts'
import { type Representation, readIds } from './read-key.ts'

/**
 * The object that a representation refers to; null when it does not exist or its place is not configured. A global id
 * takes precedence over the vendor's key.
 * @throws InputError when the representation is invalid, UpstreamError when a call fails
 */
export async function findEntity(
  nodes: NodeFinder,
  representation: Representation,
  operation: Operation,
  schema: GraphQLSchema,
): Promise<object | null> {
  const typename = representation['__typename']
  const type = typeof typename === 'string' ? schema.getType(typename) : undefined
  if (!type) throw new InputError('__typename: not a type of this API; expected the name of one with a key')
  if (typeof representation['id'] === 'string') return findById(nodes, representation['id'], type, operation, schema)
  const key = nodes.entityKey(type.name)
  if (!key) throw new InputError(`id: expected the id of type ${type.name}`)
  const id = await key.toId(operation, readIds(representation, key))
  return id === null ? null : nodes.find(operation, id, 'id')
}

async function findById(
  nodes: NodeFinder,
  id: string,
  type: GraphQLNamedType,
  operation: Operation,
  schema: GraphQLSchema,
): Promise<object | null> {
  const { typename } = nodes.lookup(id, 'id').id
  const given = schema.getType(typename)
  const fits = given === type || (isAbstractType(type) && isObjectType(given) && schema.isSubType(type, given))
  if (!fits) throw new InputError(`id: expected the id of type ${type.name}, not ${typename}`)
  return nodes.find(operation, id, 'id')
}
