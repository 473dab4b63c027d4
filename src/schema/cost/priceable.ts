import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { createSharedCalls, sharedCallOf } from './shared-calls.ts'

/** A selection set with its inline fragments. */
interface Selection {
  /** The shared calls priced so far. */
  readonly paid: Set<string>
  /** A field for each shared call of its named fragments. */
  readonly ofFragments: InlineFragmentNode[]
}

/**
 * The part of a document that one operation is priced by: without other operations and introspection, and with one field
 * per shared call in each selection. Shared calls of a named fragment are priced where the fragment is spread.
 */
export function priceable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): DocumentNode {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const types = new TypeInfo(schema)
  const callsOf = createSharedCalls(schema, new Map(fragments.map((fragment) => [fragment.name.value, fragment])))
  /** Null for a named fragment itself. */
  const selections: (Selection | null)[] = []
  const begin = () => void selections.push({ paid: new Set(), ofFragments: [] })

  function isPaid(field: FieldNode): boolean {
    if (field.name.value.startsWith('__')) return false
    const call = sharedCallOf(types)
    if (!call) return true
    const selection = selections.at(-1)
    if (!selection || selection.paid.has(call)) return false
    selection.paid.add(call)
    return true
  }

  function end<Node extends FieldNode | OperationDefinitionNode>(node: Node): Node | undefined {
    const values = selections.pop()?.ofFragments ?? []
    if (values.length === 0 || !node.selectionSet) return undefined
    return { ...node, selectionSet: { ...node.selectionSet, selections: [...node.selectionSet.selections, ...values] } }
  }

  return visit<ASTNode>(
    { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] },
    visitWithTypeInfo(types, {
      OperationDefinition: { enter: begin, leave: end },
      FragmentDefinition: { enter: () => void selections.push(null), leave: () => void selections.pop() },
      FragmentSpread({ name }) {
        const selection = selections.at(-1)
        if (!selection) return
        for (const [call, value] of callsOf(name.value)) {
          if (selection.paid.has(call)) continue
          selection.paid.add(call)
          selection.ofFragments.push(value)
        }
      },
      Field: {
        enter(field) {
          if (!isPaid(field)) return null
          begin()
          return undefined
        },
        leave: end,
      },
    }),
  ) as DocumentNode
}
