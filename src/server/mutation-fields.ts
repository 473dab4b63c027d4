import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getOperationAST,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

interface RunningOperation {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
}

type Arguments = Readonly<Record<string, unknown>>

/**
 * The arguments of each mutation of an operation. Null for an operation of another type, and for one whose variables or
 * arguments are invalid: its execution reports them.
 */
export function argumentsOfMutations(
  { schema, document, operationName }: RunningOperation,
  variables: Arguments,
): readonly Arguments[] | null {
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== 'mutation') return null
  const fields = schema.getMutationType()?.getFields() ?? {}
  try {
    return [...selectedFields(document, operation.selectionSet, variables).values()].flatMap((node) => {
      const field: GraphQLField<unknown, unknown> | undefined = fields[node.name.value]
      return field ? [getArgumentValues(field, node, variables)] : []
    })
  } catch {
    return null
  }
}

/** The fields that are executed, by their keys in the response. */
function selectedFields(
  document: DocumentNode,
  selectionSet: SelectionSetNode,
  variables: Arguments,
): ReadonlyMap<string, FieldNode> {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [],
    ),
  )
  const fields = new Map<string, FieldNode>()
  // A fragment that is spread twice adds nothing.
  const visited = new Set([selectionSet])
  for (const { selections } of visited) {
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue
      if (node.kind === Kind.FIELD) fields.set(node.alias?.value ?? node.name.value, node)
      else {
        const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value)
        if (inner) visited.add(inner)
      }
    }
  }
  return fields
}

function isIncluded(node: SelectionNode, variables: Arguments): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false
  )
}
