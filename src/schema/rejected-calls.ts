import { type GraphQLObjectType, type GraphQLResolveInfo, getNamedType, Kind, type SelectionSetNode } from 'graphql'
import { InputError } from '../input-error.ts'
import { createSelections } from './selections.ts'

/**
 * Rejects the selection of a field that always costs a call, where calls are not made. A field whose value may be known is not
 * rejected.
 * @throws InputError
 */
export function rejectCalls({ schema, fieldNodes, returnType, fragments, variableValues }: GraphQLResolveInfo): void {
  const { typesOf, applying } = createSelections(schema, fragments, variableValues)
  const seen = new Map<GraphQLObjectType, Set<SelectionSetNode>>()

  function check(type: GraphQLObjectType, selectionSet: SelectionSetNode): void {
    const known = seen.get(type) ?? new Set()
    if (known.has(selectionSet)) return
    seen.set(type, known.add(selectionSet))
    for (const node of applying(type, selectionSet)) {
      if (node.kind === Kind.SELECTION_SET) check(type, node)
      else checkField(type, node)
    }
  }

  function checkField(type: GraphQLObjectType, { name, selectionSet }: GraphQLResolveInfo['fieldNodes'][number]): void {
    const field = type.getFields()[name.value]
    if (field?.extensions['alwaysCalls'] === true) {
      throw new InputError(
        `${name.value}: costs a call to a vendor each time, and the events of a subscription cause none; select it in a query`,
      )
    }
    if (field && selectionSet) for (const each of typesOf(getNamedType(field.type))) check(each, selectionSet)
  }

  for (const { selectionSet } of fieldNodes)
    if (selectionSet) for (const type of typesOf(getNamedType(returnType))) check(type, selectionSet)
}
