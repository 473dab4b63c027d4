import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'

/** A field with something for each of its required arguments, and the least that can be selected of it. */
export function sampleOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const given = args.filter(({ type }) => isNonNullType(type)).map((each) => `${each.name}: ${literalOf(each.type)}`)
  const selection = isCompositeType(getNamedType(type)) ? ' { __typename }' : ''
  return `${name}${given.length > 0 ? `(${given.join(', ')})` : ''}${selection}`
}

function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType)
  if (isListType(type)) return `[${literalOf(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ''
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
    return `{ ${required.map((field) => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`
  }
  return { Boolean: 'true', Int: '1', _Any: '{ __typename: "Node" }' }[type.name] ?? '"x"'
}

export function fieldsOf(schema: GraphQLSchema, root: 'Query' | 'Mutation') {
  const type = root === 'Query' ? schema.getQueryType() : schema.getMutationType()
  return Object.values(type?.getFields() ?? {})
}
