import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** Coerced values of variables. */
export type Variables = Readonly<Record<string, unknown>>

/** The selections of one operation, read as the execution reads them. */
export interface Selections {
  /** The object types that a field of this type can return. None for values. */
  readonly typesOf: (type: GraphQLNamedType) => readonly GraphQLObjectType[]
  /**
   * The fields and the selection sets of fragments that apply to an object of this type. Without those that @skip and
   * @include leave out.
   */
  readonly applying: (type: GraphQLObjectType, selectionSet: SelectionSetNode) => Iterable<FieldNode | SelectionSetNode>
}

export function responseNameOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

export function fragmentsIn({ definitions }: DocumentNode): Fragments {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  return Object.fromEntries(fragments.map((node) => [node.name.value, node]))
}

export function createSelections(schema: GraphQLSchema, fragments: Fragments, variables: Variables): Selections {
  function isIncluded(node: SelectionNode): boolean {
    if (!node.directives?.length) return true
    return (
      getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false
    )
  }

  function appliesTo(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true
    const expected = schema.getType(condition)
    return isAbstractType(expected) && schema.isSubType(expected, type)
  }

  return {
    typesOf(type) {
      if (isAbstractType(type)) return schema.getPossibleTypes(type)
      return isObjectType(type) ? [type] : []
    },
    *applying(type, { selections }) {
      for (const node of selections) {
        if (!isIncluded(node)) continue
        if (node.kind === Kind.FIELD) {
          yield node
          continue
        }
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value]
        if (fragment && appliesTo(type, fragment.typeCondition?.name.value)) yield fragment.selectionSet
      }
    },
  }
}
