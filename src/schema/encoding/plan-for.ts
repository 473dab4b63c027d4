import { type FieldNode, type GraphQLResolveInfo, getNamedType, Kind, type SelectionSetNode } from 'graphql'
import { createSelections } from '../selections.ts'
import { SelectionPlan } from './object-plan.ts'

/** The plans of lists, by the fields that return them: documents are kept, and used again. */
const plans = new WeakMap<FieldNode, SelectionPlan>()

/** The plan for the objects of the list that a field returns. */
export function planFor({
  schema,
  fragments,
  fieldNodes,
  variableValues,
  returnType,
}: GraphQLResolveInfo): SelectionPlan {
  const [node] = fieldNodes
  const known = node && fieldNodes.length === 1 ? plans.get(node) : undefined
  const type = getNamedType(returnType)
  // A field of an interface can have another type in each of its implementations.
  if (known?.type === type) return known
  const sets = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  // The variables of @skip and @include differ between operations.
  const isKept = fieldNodes.length === 1 && !hasDirectives(sets, fragments)
  const plan = new SelectionPlan(createSelections(schema, fragments, variableValues), sets, type, isKept)
  if (node && isKept) plans.set(node, plan)
  return plan
}

function hasDirectives(sets: readonly SelectionSetNode[], fragments: GraphQLResolveInfo['fragments']): boolean {
  const seen = new Set<SelectionSetNode>()
  const visit = (set: SelectionSetNode): boolean => {
    if (seen.has(set)) return false
    seen.add(set)
    return set.selections.some((node) => {
      const below = node.kind === Kind.FRAGMENT_SPREAD ? fragments[node.name.value] : node
      return Boolean(
        node.directives?.length || below?.directives?.length || (below?.selectionSet && visit(below.selectionSet)),
      )
    })
  }
  return sets.some(visit)
}
