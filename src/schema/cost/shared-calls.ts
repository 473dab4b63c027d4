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

/** By shared call, one field that makes it, in an inline fragment on the field's type. */
type SharedCalls = ReadonlyMap<string, InlineFragmentNode>

/** The name of the call that a field shares with others, if it has one. */
export function sharedCallOf(types: TypeInfo): string | null {
  const call = types.getFieldDef()?.extensions['sharedCall']
  return typeof call === 'string' ? call : null
}

/**
 * Returns a function that finds one field for each shared call of a named fragment, also those of fragments spread in it.
 * Each fragment is visited once, so fragments that spread each other many times cost no more.
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
