import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/**
 * A document with what is to be paid of one operation: without its other operations, without what asks for the schema
 * or the names of types, and with only one of the values that come by the same call. Fields in inline fragments count
 * as fields of the selection around them; a named fragment is paid by itself.
 */
export function priceable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): DocumentNode {
  const definitions = document.definitions.filter(
    (definition) => definition.kind !== Kind.OPERATION_DEFINITION || definition === operation,
  )
  const types = new TypeInfo(schema)
  const paid: Set<string>[] = []
  const begin = () => void paid.push(new Set())
  const end = () => void paid.pop()
  const toPay = (field: FieldNode): boolean => {
    if (field.name.value.startsWith('__')) return false
    const sharedCall = types.getFieldDef()?.extensions['sharedCall']
    if (typeof sharedCall !== 'string') return true
    const here = paid.at(-1)
    if (here?.has(sharedCall)) return false
    here?.add(sharedCall)
    return true
  }
  return visit<ASTNode>(
    { kind: Kind.DOCUMENT, definitions },
    visitWithTypeInfo(types, {
      OperationDefinition: { enter: begin, leave: end },
      FragmentDefinition: { enter: begin, leave: end },
      Field: {
        enter(field) {
          if (!toPay(field)) return null
          begin()
          return undefined
        },
        leave: end,
      },
    }),
  ) as DocumentNode
}
