import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  type SelectionSetNode,
} from 'graphql'
import type { Caller } from '../../operation.ts'
import { createSelections, fragmentsIn, type Variables } from '../selections.ts'
import { createFieldPrices } from './field-price.ts'
import { KeptPrices } from './kept-prices.ts'
import { mergedCost } from './merged-cost.ts'
import type { Total } from './price-sum.ts'
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

/** The sizes for a caller. */
interface SizeSource {
  /** @param onUse called when a size is taken from the last readings */
  sizesOf(caller: Pick<Caller, 'places'>, onUse: () => void): Sizes
  /** A number that increases with each change of a reading. */
  readonly version: number
}

const unknownSizes: SizeSource = { sizesOf: () => noSizes, version: 0 }

/**
 * Returns a function that prices operations. It returns undefined for an operation that will not be executed: its name
 * is not in the document.
 */
export function createCostOf(
  schema: GraphQLSchema,
  sizes: SizeSource = unknownSizes,
): (operation: PricedOperation) => Price | undefined {
  const createPrices = createFieldPrices(schema)
  const kept = new KeptPrices<Price>()

  function compute(
    { document, variables, caller }: PricedOperation,
    root: GraphQLObjectType,
    selectionSet: SelectionSetNode,
  ): Price {
    const selections = createSelections(schema, fragmentsIn(document), variables)
    let dependsOnReadings = false
    const onUse = () => {
      dependsOnReadings = true
    }
    const prices = createPrices(variables, caller ? sizes.sizesOf(caller, onUse) : noSizes)
    const { cost, bytes } =
      mergedCost(selections, prices, root, selectionSet, maxSteps) ?? summedCost(selections, prices, root, selectionSet)
    return { cost: Math.min(Math.ceil(cost), Number.MAX_SAFE_INTEGER), bytes, dependsOnReadings }
  }

  return (priced) => {
    const { document, operationName, variables, caller } = priced
    const operation = getOperationAST(document, operationName)
    const root = operation && schema.getRootType(operation.operation)
    if (!root) return undefined
    // The price for a caller with a list of places is that of what they see.
    const version = caller?.places === null ? sizes.version : null
    return kept.get(document, [operationName, variables], version, () => compute(priced, root, operation.selectionSet))
  }
}
