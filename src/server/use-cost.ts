import { type ExecutionResult, getOperationAST, OperationTypeNode } from 'graphql'
import type { Limits } from '../limits.ts'
import { toLargeAnswer } from './answer.ts'
import { type CostOf, costHeader } from './price.ts'
import { toLimitError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/**
 * Rejects operations over the cost limit before any resolver runs. The cost is in a header of the response, and in
 * `extensions` for a client that requests it with the same header.
 */
export function useCost(costOf: CostOf, limits: Pick<Limits, 'cost' | 'answer'>): Plugin {
  /** The cost, if it is wanted in the body; null otherwise. @throws RequestError when it is over the limit */
  function check({ args, extendContext, setResultAndStopExecution }: Begun): number | null {
    const { document, operationName, contextValue } = args
    const { caller, variables = {}, pending } = contextValue
    const price = costOf({ document, operationName, variables, caller })
    if (price === undefined) return null
    const { cost, bytes, changes } = price
    const isInBody = contextValue.request.headers.get(costHeader) === '1'
    if (changes) pending?.price.dependOn(changes.subscribe)
    if (pending && !isInBody) {
      pending.computePrice = () => costOf({ document, operationName, variables, caller })
    }
    extendContext({ cost })
    contextValue.costs?.push(cost)
    if (cost > limits.cost) throw toLimitError('cost', 'The query costs', cost, limits.cost)
    const isMutation = getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION
    // The answer of an executed mutation is always sent.
    if (isMutation && bytes > limits.answer) {
      setResultAndStopExecution(
        toLargeAnswer(limits.answer, 'The mutation was not executed: its answer may be larger than'),
      )
      return null
    }
    return isInBody ? cost : null
  }

  return {
    onRequestParse({ serverContext }) {
      serverContext.costs = []
    },
    onExecute(begun) {
      const cost = check(begun)
      if (cost === null) return
      return {
        onExecuteDone({ result, setResult }) {
          if ('data' in result) setResult(withCost(result, cost))
        },
      }
    },
    // The cost of a subscription is that of one event.
    onSubscribe(begun) {
      const cost = check(begun)
      if (cost === null) return
      return {
        onSubscribeResult: () => ({
          onNext({ result, setResult }) {
            if ('data' in result) setResult(withCost(result, cost))
          },
        }),
      }
    },
    onResponse({ response, serverContext: { costs = [] } }) {
      const sum = costs.reduce((total, cost) => total + cost, 0)
      if (costs.length > 0) response.headers.set(costHeader, String(sum))
    },
  }
}

type Begun = Pick<
  Parameters<NonNullable<Plugin['onExecute']>>[0],
  'args' | 'extendContext' | 'setResultAndStopExecution'
>

function withCost(result: ExecutionResult, cost: number): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, cost } }
}
