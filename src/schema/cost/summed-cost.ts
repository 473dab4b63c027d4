import type { GraphQLNamedType, GraphQLObjectType, SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import { responseNameOf, type Selections } from '../selections.ts'
import { multiplied, type PriceOfField } from './field-price.ts'
import { maxTotal, PriceSum, type Total } from './price-sum.ts'

/**
 * An upper limit of the merged cost: every selection set counts by itself, also where the execution merges it with
 * others. Each one is visited once per type, so the time is linear.
 */
export function summedCost(
  selections: Selections,
  priceOfField: PriceOfField,
  root: GraphQLObjectType,
  selectionSet: SelectionSetNode,
): Total {
  const known = new Map<SelectionSetNode, Map<GraphQLObjectType, PriceSum>>()

  function sumOfObject(type: GraphQLObjectType, set: SelectionSetNode): PriceSum {
    const sums = known.get(set) ?? new Map<GraphQLObjectType, PriceSum>()
    known.set(set, sums)
    const before = sums.get(type)
    if (before) return before
    const sum = new PriceSum()
    for (const node of selections.applying(type, set)) {
      if (node.kind === Kind.SELECTION_SET) {
        sum.merge(sumOfObject(type, node))
        continue
      }
      const price = priceOfField(type, node)
      if (!price) continue
      const below = maxTotal(sumsBelow(price.type, node.selectionSet).map((each) => each.total(price.quantities)))
      sum.add({ ...price, name: responseNameOf(node), below: multiplied(below, price) })
    }
    sums.set(type, sum)
    return sum
  }

  function sumsBelow(type: GraphQLNamedType, set: SelectionSetNode | undefined): readonly PriceSum[] {
    return set ? selections.typesOf(type).map((each) => sumOfObject(each, set)) : []
  }

  return sumOfObject(root, selectionSet).total({})
}
