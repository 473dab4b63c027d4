import type { ObjectRef } from '@pothos/core'
import type { GraphQLSchema } from 'graphql'
import { InputError, underArgument } from '../../input-error.ts'
import { isObject } from '../../is-object.ts'
import { defaultLimits } from '../../limits.ts'
import { mapInSlices } from '../../time-slice.ts'
import { createLoader } from '../../upstream/loader.ts'
import type { Builder, Types } from '../builder.ts'
import { prices } from '../cost/prices.ts'
import type { NodeFinder } from '../find-node.ts'
import { listOf } from '../list-limit.ts'
import { printSubgraph, type SubgraphOptions } from '../print.ts'
import { findEntity } from './find-entity.ts'
import type { Representation } from './read-key.ts'

/** The fields and types that the subgraph specification adds to a schema: `_entities`, `_service`, `_Any` and `_Entity`. */
export function registerFederationFields(
  builder: Builder,
  entities: readonly ObjectRef<Types, object>[],
  nodes: NodeFinder,
  max: number,
  published: SubgraphOptions,
): void {
  const Any = builder.scalarType('_Any', {
    description: 'Apollo Federation, used by gateways: an object with `__typename` and the fields of one key.',
    serialize: (value) => value,
  })
  const Entity = builder.unionType('_Entity', {
    description: 'Apollo Federation, used by gateways: the types that other subgraphs can refer to.',
    types: [...entities],
  })
  const loadEntity = createLoader<{ representation: Representation; schema: GraphQLSchema }, object | null>(
    ({ representation, schema }, operation) => findEntity(nodes, representation, operation, schema),
    ({ representation }) => JSON.stringify(representation),
  )
  let sdl: string | undefined
  const Service = builder.objectRef<object>('_Service').implement({
    description: 'Apollo Federation, used by gateways: this subgraph.',
    fields: (t) => ({
      sdl: t.string({
        ...prices.longText,
        nullable: true,
        description: 'The schema to publish to a schema registry, with federation directives.',
        resolve: (_service, _args, _operation, { schema }) => {
          sdl ??= printSubgraph(schema, published)
          return sdl
        },
      }),
    }),
  })
  builder.queryFields((t) => ({
    _entities: t.field({
      type: [Entity],
      nullable: { list: false, items: true },
      description: 'Apollo Federation, used by gateways: the objects that other subgraphs refer to, in the same order.',
      args: {
        representations: t.arg({
          type: [Any],
          required: true,
          description: `The keys of the objects, at most ${defaultLimits.representations} unless configured.`,
          ...listOf(max),
        }),
      },
      resolve: (_root, { representations }, operation, { schema }) => {
        // One promise per representation: an invalid one fails at its index, not the whole list.
        return mapInSlices(representations, operation.timeSlice, async (representation, index) => {
          const argument = `representations[${index}]`
          if (!isObject(representation)) {
            throw new InputError(`${argument}: expected an object with __typename and the fields of a key`)
          }
          return underArgument(argument, () => loadEntity(operation, { representation, schema }))
        })
      },
    }),
    _service: t.field({
      type: Service,
      // Gateways read the schema without a caller's permissions.
      skipTypeScopes: true,
      description: 'Apollo Federation, used by gateways: the schema of this subgraph.',
      resolve: () => ({}),
    }),
  }))
}
