import { getOperationAST } from 'graphql'
import type { FieldLimits } from '../limits.ts'
import { toClientError } from './error.ts'
import type { Plugin } from './request-state.ts'
import { coerceVariables } from './variables.ts'

/** Converts the variables of an operation, and rejects invalid ones before the operation has a price. */
export function useVariables(limits: FieldLimits): Plugin {
  const check: Hook = ({
    args: { schema, document, operationName, variableValues },
    extendContext,
    setResultAndStopExecution,
  }) => {
    const operation = getOperationAST(document, operationName)
    // The execution reports that there is no such operation.
    if (!operation) return
    const result = coerceVariables(schema, operation, variableValues ?? {}, limits)
    if ('coerced' in result) extendContext({ variables: result.coerced })
    else setResultAndStopExecution({ errors: result.errors.map((error) => toClientError(error, () => undefined)) })
  }
  return { onExecute: check, onSubscribe: check }
}

type Begun = Parameters<NonNullable<Plugin['onExecute']>>[0]
type Hook = (begun: Pick<Begun, 'args' | 'extendContext' | 'setResultAndStopExecution'>) => void
