import type { DocumentNode } from 'graphql'
import { toLimitError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** Computes the cost of an operation; undefined when its variables are invalid, which the execution reports. */
export type CostOf = (operation: {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
}) => number | undefined

const costHeader = 'x-certgraph-cost'

/** Rejects operations over the cost limit before any resolver runs. Reports the cost to a client that requests it. */
export function useCost(costOf: CostOf, limit: number): Plugin {
  return {
    onExecute({ args: { document, operationName, variableValues, contextValue }, extendContext }) {
      const cost = costOf({ document, operationName, variables: variableValues ?? {} })
      if (cost === undefined) return
      extendContext({ cost })
      if (cost > limit) throw toLimitError('cost', 'The query costs', cost, limit)
      if (contextValue.request.headers.get(costHeader) !== '1') return
      return {
        onExecuteDone({ result, setResult }) {
          if ('data' in result) setResult({ ...result, extensions: { ...result.extensions, cost } })
        },
      }
    },
  }
}
