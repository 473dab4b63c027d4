import type { DocumentNode } from 'graphql'
import type { Caller } from '../operation.ts'
import { toLimitError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * Computes the cost of an operation, and how many values its answer may have; undefined when its variables are invalid,
 * which the execution reports.
 */
export type CostOf = (operation: {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly caller?: Caller | undefined
}) => { readonly cost: number; readonly values: number } | undefined

export const costHeader = 'x-certgraph-cost'

/**
 * Rejects operations over the cost limit before any resolver runs. The cost is in a header of the response, and in
 * `extensions` for a client that requests it with the same header.
 */
export function useCost(costOf: CostOf, limit: number): Plugin {
  return {
    onRequestParse({ serverContext }) {
      serverContext.costs = []
    },
    onExecute({ args: { document, operationName, variableValues, contextValue }, extendContext }) {
      const { caller } = contextValue
      const { cost } = costOf({ document, operationName, variables: variableValues ?? {}, caller }) ?? {}
      if (cost === undefined) return
      extendContext({ cost })
      contextValue.costs?.push(cost)
      if (cost > limit) throw toLimitError('cost', 'The query costs', cost, limit)
      if (contextValue.request.headers.get(costHeader) !== '1') return
      return {
        onExecuteDone({ result, setResult }) {
          if ('data' in result) setResult({ ...result, extensions: { ...result.extensions, cost } })
        },
      }
    },
    onResponse({ response, serverContext: { costs = [] } }) {
      const sum = costs.reduce((total, cost) => total + cost, 0)
      if (costs.length > 0) response.headers.set(costHeader, String(sum))
    },
  }
}
