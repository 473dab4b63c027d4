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

/** A selection of a field with values for its required arguments and the smallest selection set. */
export function sampleOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const values = args.filter(({ type }) => isNonNullType(type)).map((each) => `${each.name}: ${literalOf(each.type)}`)
  const selection = isCompositeType(getNamedType(type)) ? ' { __typename }' : ''
  return `${name}${values.length > 0 ? `(${values.join(', ')})` : ''}${selection}`
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

/** The fields of a root type. */
export function fieldsOf(schema: GraphQLSchema, root: 'Query' | 'Mutation') {
  const type = root === 'Query' ? schema.getQueryType() : schema.getMutationType()
  return Object.values(type?.getFields() ?? {})
}
