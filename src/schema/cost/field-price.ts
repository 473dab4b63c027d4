import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
} from 'graphql'
import { isObject } from '../../is-object.ts'
import type { Variables } from '../selections.ts'
import { createIntrospectionPrices } from './introspection-prices.ts'
import { type Total, times } from './price-sum.ts'
import { isPage, priceOfPage } from './prices.ts'
import type { FieldPrice, PriceBySize, Quantity, SizedPrice } from './quantities.ts'
import type { Sizes } from './sizes.ts'

/** Returns the price of a field. @throws GraphQLError when an argument is invalid and a price depends on it */
export type PriceOfField = (parent: GraphQLObjectType, node: FieldNode) => FieldPrice | undefined

/** Returns a function that reads the prices which the schema declares, for one operation. */
export function createFieldPrices(schema: GraphQLSchema): (variables: Variables, sizes: Sizes) => PriceOfField {
  const introspection = createIntrospectionPrices(schema)
  return (variables, sizes) => {
    // Fragments can lead to the same field thousands of times.
    const known = new Map<FieldNode, Map<GraphQLObjectType, FieldPrice | undefined>>()
    return (parent, node) => {
      const prices = known.get(node) ?? new Map<GraphQLObjectType, FieldPrice | undefined>()
      known.set(node, prices)
      if (prices.has(parent)) return prices.get(parent)
      const name = node.name.value
      const field = parent.getFields()[name]
      const isDeclared = field !== undefined && !parent.name.startsWith('__')
      const price = isDeclared ? readPrice(parent, field, node, variables, sizes) : introspection(parent, name)
      prices.set(parent, price)
      return price
    }
  }
}

function readPrice(
  parent: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Variables,
  sizes: Sizes,
): FieldPrice {
  const { complexity, sharedCall, per } = field.extensions
  const isConnection = isPage(field)
  const bySize = (field.extensions['bySize'] ?? (isConnection ? priceOfPage : undefined)) as PriceBySize | undefined
  const needsArguments = typeof complexity === 'function' || bySize !== undefined
  const args = needsArguments ? getArgumentValues(field, node, variables) : {}
  const declared: unknown = typeof complexity === 'function' ? complexity(args, {}, field) : complexity
  const base = isObject(declared) ? declared : { field: declared, multiplier: 1 }
  const multiplier = typeof base['multiplier'] === 'number' ? base['multiplier'] : 1
  const sized: SizedPrice = bySize?.(args, sizes, parent.name) ?? {}
  const type = getNamedType(field.type)
  return {
    type,
    price: (typeof base['field'] === 'number' ? base['field'] : 0) + (sized.price ?? 0),
    multiplier: isConnection ? 1 : multiplier,
    quantities: { ...(isConnection && { rows: () => multiplier }), ...sized.quantities },
    per: per as Quantity | undefined,
    sharedCall: typeof sharedCall === 'string' ? sharedCall : undefined,
    value: isLeafType(type) ? (isListType(getNullableType(field.type)) ? 'list' : 'single') : undefined,
  }
}

/** What the objects of a field cost together. */
export function multiplied({ cost, bytes }: Total, { multiplier }: Pick<FieldPrice, 'multiplier'>): Total {
  return { cost: times(cost, multiplier), bytes: times(bytes, multiplier) }
}
