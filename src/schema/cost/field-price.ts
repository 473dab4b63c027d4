import { type FieldNode, type GraphQLNamedType, type GraphQLObjectType, getArgumentValues, getNamedType } from 'graphql'
import { isObject } from '../../is-object.ts'
import type { Variables } from './selections.ts'

/** What a selected field adds to a cost: its price, and the cost of the objects below it times the multiplier. */
export interface FieldPrice {
  readonly type: GraphQLNamedType
  readonly price: number
  readonly multiplier: number
  /** The name of the call that the field shares with other values of its object. */
  readonly sharedCall: string | undefined
}

/** Reads the price that the schema declares. @throws GraphQLError when an argument is invalid and a price depends on it */
export function priceOfField(parent: GraphQLObjectType, node: FieldNode, variables: Variables): FieldPrice | undefined {
  const field = parent.getFields()[node.name.value]
  if (!field) return undefined
  const { complexity, sharedCall } = field.extensions
  const declared: unknown =
    typeof complexity === 'function' ? complexity(getArgumentValues(field, node, variables), {}, field) : complexity
  const { field: price, multiplier } = isObject(declared) ? declared : { field: declared, multiplier: 1 }
  return {
    type: getNamedType(field.type),
    price: typeof price === 'number' ? price : 0,
    multiplier: typeof multiplier === 'number' ? multiplier : 1,
    sharedCall: typeof sharedCall === 'string' ? sharedCall : undefined,
  }
}

/** Adds up prices. Values that share a call count once, at the highest of their prices. */
export class PriceSum {
  #sum = 0
  readonly #sharedCalls = new Map<string, number>()

  add({ price, multiplier, sharedCall }: FieldPrice, below: number): void {
    this.#sum += multiplier * below
    if (sharedCall === undefined) this.#sum += price
    else this.#sharedCalls.set(sharedCall, Math.max(price, this.#sharedCalls.get(sharedCall) ?? 0))
  }

  get total(): number {
    return [...this.#sharedCalls.values()].reduce((sum, price) => sum + price, this.#sum)
  }
}
