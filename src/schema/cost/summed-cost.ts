import type { GraphQLNamedType, GraphQLObjectType, SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import { PriceSum, priceOfField } from './field-price.ts'
import type { Selections, Variables } from './selections.ts'

/**
 * An upper limit of the merged cost: every selection set counts by itself, also where the execution merges it with
 * others. Each one is visited once per type, so the time is linear.
 */
export function summedCost(
  selections: Selections,
  root: GraphQLObjectType,
  selectionSet: SelectionSetNode,
  variables: Variables,
): number {
  const known = new Map<SelectionSetNode, Map<GraphQLObjectType, number>>()

  function costOfObject(type: GraphQLObjectType, set: SelectionSetNode): number {
    const costs = known.get(set) ?? new Map<GraphQLObjectType, number>()
    known.set(set, costs)
    const before = costs.get(type)
    if (before !== undefined) return before
    const sum = new PriceSum()
    let ofFragments = 0
    for (const node of selections.applying(type, set)) {
      if (node.kind === Kind.SELECTION_SET) {
        ofFragments += costOfObject(type, node)
        continue
      }
      const price = priceOfField(type, node, variables)
      if (price) sum.add(price, costBelow(price.type, node.selectionSet))
    }
    const cost = sum.total + ofFragments
    costs.set(type, cost)
    return cost
  }

  function costBelow(type: GraphQLNamedType, set: SelectionSetNode | undefined): number {
    return set ? Math.max(0, ...selections.typesOf(type).map((each) => costOfObject(each, set))) : 0
  }

  return costOfObject(root, selectionSet)
}
