import type { FieldNode, GraphQLNamedType, GraphQLObjectType, SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import { responseNameOf, type Selections } from '../selections.ts'
import { multiplied, type PriceOfField } from './field-price.ts'
import { maxTotal, PriceSum, type Total } from './price-sum.ts'

/**
 * The cost of an operation as it is executed: fields with the same response name are one field, and an object has one
 * type, so of the types that it can have, the one with the highest cost counts. Undefined when that takes more than
 * `maxSteps` selections: fragments can be combined in a number of ways that grows exponentially with their nesting.
 */
export function mergedCost(
  selections: Selections,
  priceOfField: PriceOfField,
  root: GraphQLObjectType,
  selectionSet: SelectionSetNode,
  maxSteps: number,
): Total | undefined {
  const numbers = new Map<FieldNode, number>()
  const known = new Map<string, readonly PriceSum[]>()
  let steps = 0

  /** The fields of an object of this type by their response names. */
  function collect(
    type: GraphQLObjectType,
    selectionSets: readonly SelectionSetNode[],
  ): Iterable<readonly FieldNode[]> {
    const fields = new Map<string, FieldNode[]>()
    const seen = new Set<SelectionSetNode>()
    const pending = [...selectionSets]
    for (let next = pending.pop(); next && steps <= maxSteps; next = pending.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      for (const node of selections.applying(type, next)) {
        steps += 1
        if (node.kind === Kind.SELECTION_SET) {
          pending.push(node)
          continue
        }
        const name = responseNameOf(node)
        const same = fields.get(name)
        if (same) same.push(node)
        else fields.set(name, [node])
      }
    }
    return fields.values()
  }

  function sumOfObject(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): PriceSum {
    const sum = new PriceSum()
    for (const nodes of collect(type, selectionSets)) {
      if (steps > maxSteps) break
      const [first] = nodes
      const price = first && priceOfField(type, first)
      if (!price) continue
      const below = maxTotal(sumsBelow(price.type, nodes).map((each) => each.total(price.quantities)))
      sum.add({ ...price, name: responseNameOf(first), below: multiplied(below, price) })
    }
    return sum
  }

  /** The sums of the objects that these nodes of one field select, by type. Kept, because many parents can have them. */
  function sumsBelow(type: GraphQLNamedType, nodes: readonly FieldNode[]): readonly PriceSum[] {
    const selectionSets = nodes.flatMap((node) => node.selectionSet ?? [])
    if (selectionSets.length === 0) return []
    const key = `${type.name} ${nodes.map(numberOf).join(' ')}`
    const before = known.get(key)
    if (before) return before
    const sums = selections.typesOf(type).map((each) => sumOfObject(each, selectionSets))
    known.set(key, sums)
    return sums
  }

  function numberOf(node: FieldNode): number {
    const number = numbers.get(node) ?? numbers.size
    numbers.set(node, number)
    return number
  }

  const total = sumOfObject(root, [selectionSet]).total({})
  return steps > maxSteps ? undefined : total
}
