import type { InterfaceRef, ObjectRef } from '@pothos/core'
import { type Selection, selectionShapeKey } from '@pothos/plugin-federation'
import type { GraphQLSchema } from 'graphql'
import { checkLength, InputError } from '../input-error.ts'
import { isObject } from '../is-object.ts'
import type { Operation } from '../operation.ts'
import { toForbidden } from './authorization.ts'
import type { Builder, Types } from './builder.ts'
import { priceOf } from './cost/cost.ts'
import { findEntity, type Representation } from './find-entity.ts'
import type { NodeFinder } from './find-node.ts'
import { printSubgraph } from './print.ts'

/** Old enough for every composer, new enough for `@requiresScopes` and `@interfaceObject`. */
const linkUrl = 'https://specs.apollo.dev/federation/v2.6'
const federationDirectives = ['@key', '@requiresScopes', '@shareable', '@tag']

/** How many entities a gateway may ask for at once, unless told. */
export const mostRepresentations = 200

/**
 * Which scope a field takes: asked for here, and by the router of a supergraph; and by which tag a variant of its graph
 * leaves the field out. That of a change is asked for by the type Mutation.
 */
export const guards = {
  read: { authScopes: { 'certificates:read': true } },
  content: { tag: 'pem', requiresScopes: [['certificates:content']], authScopes: { 'certificates:content': true } },
  write: { tag: 'write', requiresScopes: [['certificates:write']] },
}

/** Makes a type whose nodes have global ids an entity, with the vendor's own key as a second one where it has such. */
export type AsEntity = (type: ObjectRef<Types, object> | InterfaceRef<Types, object>) => void

export function createAsEntity(builder: Builder, nodes: NodeFinder): AsEntity {
  return (type) => {
    const ownKey = nodes.entityKey(type.name)
    builder.asEntity(type, {
      key: ['id', ...(ownKey ? [ownKey.fields] : [])].map(toSelection),
      resolveReference: (representation, operation, { schema }) => findEntity(nodes, representation, operation, schema),
    })
  }
}

function toSelection(selection: string): Selection<Representation> {
  return { selection, [selectionShapeKey]: {} }
}

/** The graph as a subgraph: the plain API, with what gateways ask for beside it. */
export function toSubgraph(builder: Builder, nodes: NodeFinder, most: number): GraphQLSchema {
  const schema = builder.toSubGraphSchema({ linkUrl, federationDirectives })
  const { _entities, _service } = schema.getQueryType()?.getFields() ?? {}
  if (!_entities || !_service) throw new TypeError('a subgraph without entities')
  let sdl: string | undefined
  _service.resolve = () => {
    sdl ??= printSubgraph(schema)
    return { sdl }
  }
  _entities.extensions = { ..._entities.extensions, complexity: priceOf }
  // Apollo's own has no bound, and one representation that it does not understand fails them all.
  _entities.resolve = async (
    _root,
    { representations }: { representations: readonly unknown[] },
    operation: Operation,
    info,
  ) => {
    await builder.runAuthScopes(operation, guards.read.authScopes, ({ failure }) => toForbidden(info, failure))
    checkLength('representations', representations, most)
    return representations.map(async (each) => {
      if (!isObject(each)) throw new InputError('expected an object with __typename and the fields of a key')
      return findEntity(nodes, each, operation, schema)
    })
  }
  return schema
}
