import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** Values that come by the same call, by the call; each stands in a fragment of its own on the type that has it. */
type SharedCalls = ReadonlyMap<string, InlineFragmentNode>

/** The call by which the field's value comes together with others, if there is one. */
export function sharedCallOf(types: TypeInfo): string | null {
  const call = types.getFieldDef()?.extensions['sharedCall']
  return typeof call === 'string' ? call : null
}

/**
 * Finds, by the name of a fragment, one value for each shared call that spreading it makes, be it through other fragments. Each
 * is looked into once: fragments that spread each other over and over take no longer.
 */
export function createSharedCalls(
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): (fragment: string) => SharedCalls {
  const types = new TypeInfo(schema)
  const known = new Map<string, SharedCalls>()

  function find(name: string): SharedCalls {
    const before = known.get(name)
    if (before) return before
    const calls = new Map<string, InlineFragmentNode>()
    known.set(name, calls)
    const fragment = fragments.get(name)
    if (!fragment) return calls
    const spread: string[] = []
    const note = (call: string, value: InlineFragmentNode) => void (calls.has(call) || calls.set(call, value))
    visit(
      fragment,
      visitWithTypeInfo(types, {
        Field(field) {
          const call = sharedCallOf(types)
          if (call) note(call, within(types.getParentType(), field))
          return false
        },
        FragmentSpread: ({ name: { value } }) => void spread.push(value),
      }),
    )
    for (const other of spread) for (const [call, value] of find(other)) note(call, value)
    return calls
  }
  return find
}

function within(type: GraphQLNamedType | null | undefined, field: FieldNode): InlineFragmentNode {
  const selectionSet = { kind: Kind.SELECTION_SET, selections: [field] } as const
  if (!type) return { kind: Kind.INLINE_FRAGMENT, selectionSet }
  const name = { kind: Kind.NAME, value: type.name } as const
  return { kind: Kind.INLINE_FRAGMENT, typeCondition: { kind: Kind.NAMED_TYPE, name }, selectionSet }
}
