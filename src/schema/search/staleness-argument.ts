import { BREAK, type GraphQLResolveInfo, Kind, type OperationDefinitionNode, visit } from 'graphql'
import type { Operation } from '../../operation.ts'
import { noteMaxStaleness } from '../../providers/max-staleness.ts'

type Document = Pick<GraphQLResolveInfo, 'operation' | 'fragments'>

/** Documents are parsed once for many operations. */
const known = new WeakMap<OperationDefinitionNode, boolean>()

/**
 * Notes that a field of the operation has a `maxStaleness`. It applies to other fields about the same place, also to those
 * that begin before the field does.
 */
export function noteStalenessArgument(operation: Operation, document: Document): void {
  const has = known.get(document.operation) ?? hasStalenessArgument(document)
  known.set(document.operation, has)
  if (has) noteMaxStaleness(operation)
}

function hasStalenessArgument({ operation, fragments }: Document): boolean {
  let isFound = false
  const definitions = [operation, ...Object.values(fragments)]
  visit(
    { kind: Kind.DOCUMENT, definitions },
    {
      Argument({ name }) {
        if (name.value !== 'maxStaleness') return undefined
        isFound = true
        return BREAK
      },
    },
  )
  return isFound
}
