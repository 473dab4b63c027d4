import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql'
import type { Caller } from '../../operation.ts'
import { createFieldPrices } from './field-price.ts'
import { mergedCost } from './merged-cost.ts'
import type { Total } from './price-sum.ts'
import { createSelections, type Variables } from './selections.ts'
import { noSizes, type Sizes } from './sizes.ts'
import { summedCost } from './summed-cost.ts'

interface PricedOperation {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  /** Coerced values. */
  readonly variables: Variables
  /** Absent while there is none: then nothing is known of the sizes. */
  readonly caller?: Pick<Caller, 'places'> | undefined
}

interface Price extends Total {
  /** Whether the sizes of the last readings are part of the cost. */
  readonly dependsOnReadings: boolean
}

/** About 10 ms. Ordinary operations take fewer than 2,000 steps. */
const maxSteps = 20_000

/**
 * Returns a function that prices operations. It returns undefined for an operation that will not be executed: its name
 * is not in the document.
 */
export function createCostOf(
  schema: GraphQLSchema,
  sizesOf: (caller: Pick<Caller, 'places'>, onUse: () => void) => Sizes = () => noSizes,
): (operation: PricedOperation) => Price | undefined {
  const createPrices = createFieldPrices(schema)
  return ({ document, operationName, variables, caller }) => {
    const operation = getOperationAST(document, operationName)
    const root = operation && schema.getRootType(operation.operation)
    if (!root) return undefined
    const selections = createSelections(schema, document, variables)
    let dependsOnReadings = false
    const onUse = () => {
      dependsOnReadings = true
    }
    const prices = createPrices(variables, caller ? sizesOf(caller, onUse) : noSizes)
    const { cost, bytes } =
      mergedCost(selections, prices, root, operation.selectionSet, maxSteps) ??
      summedCost(selections, prices, root, operation.selectionSet)
    return { cost: Math.min(Math.ceil(cost), Number.MAX_SAFE_INTEGER), bytes, dependsOnReadings }
  }
}
