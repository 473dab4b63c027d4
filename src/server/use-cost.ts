import type { DocumentNode } from 'graphql'
import { beyond } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** Prices one operation; undefined where its variables do not fit, which the execution will say. */
export type CostOf = (operation: {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
}) => number | undefined

const HEADER = 'x-certgraph-cost'

/** Refuses operations that cost too much before anything is resolved; tells what another one cost to who asks. */
export function useCost(costOf: CostOf, limit: number): Plugin {
  return {
    onExecute({ args: { document, operationName, variableValues, contextValue }, extendContext }) {
      const cost = costOf({ document, operationName, variables: variableValues ?? {} })
      if (cost === undefined) return
      extendContext({ cost })
      if (cost > limit) throw beyond('cost', 'The query costs', cost, limit)
      if (contextValue.request.headers.get(HEADER) !== '1') return
      return {
        onExecuteDone({ result, setResult }) {
          if ('data' in result) setResult({ ...result, extensions: { ...result.extensions, cost } })
        },
      }
    },
  }
}
