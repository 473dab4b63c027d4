import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  introspectionTypes,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql'
import type { FieldPrice } from './quantities.ts'

/** An object that describes the schema takes less time than one of a vendor's list, but is completed without a pause. */
const unit = 0.4

type Reference = GraphQLOutputType | GraphQLInputType

/**
 * Prices introspection by the size of the schema. The length of a list is its average over the types that a field can
 * lead to; of several fields that lead to types, the highest average counts, since a query may repeat that way.
 */
export function createIntrospectionPrices(
  schema: GraphQLSchema,
): (parent: GraphQLObjectType, name: string) => FieldPrice | undefined {
  const lengths = measure(schema)
  return (parent, name) => {
    const field =
      name === SchemaMetaFieldDef.name
        ? SchemaMetaFieldDef
        : name === TypeMetaFieldDef.name
          ? TypeMetaFieldDef
          : introspectionTypes.find((type) => type === parent && isObjectType(type)) && parent.getFields()[name]
    if (!field) return undefined
    const type = getNamedType(field.type)
    const isValue = isLeafType(type)
    const length = lengths.get(`${parent.name}.${name}`) ?? 1
    return {
      type,
      price: isValue ? 0 : length * unit,
      multiplier: length,
      quantities: {},
      per: undefined,
      sharedCall: undefined,
      value: isValue ? 'single' : undefined,
    }
  }
}

function measure(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap())
  const objects = types.filter((type) => isObjectType(type) || isInterfaceType(type))
  const fields = objects.flatMap((type) => Object.values(type.getFields()))
  const directives = schema.getDirectives()
  const args = [...fields.flatMap((field) => field.args), ...directives.flatMap((directive) => directive.args)]
  const inputFields = types.flatMap((type) => (isInputObjectType(type) ? Object.values(type.getFields()) : []))
  const references: readonly Reference[] = [...fields, ...args, ...inputFields].map(({ type }) => type)
  const abstract = types.filter(isAbstractType)
  // The ways to get to a type.
  const ways: readonly (readonly GraphQLNamedType[])[] = [
    types,
    fields.map(({ type }) => getNamedType(type)),
    [...args, ...inputFields].map(({ type }) => getNamedType(type)),
    objects.flatMap((type) => type.getInterfaces()),
    abstract.flatMap((type) => schema.getPossibleTypes(type)),
  ]
  const highest = (lengthOf: (type: GraphQLNamedType) => number) =>
    Math.max(...ways.map((way) => average(way.map(lengthOf))))
  const isFielded = (type: GraphQLNamedType) => isObjectType(type) || isInterfaceType(type)
  return new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Type.fields', highest((type) => (isFielded(type) ? Object.keys(type.getFields()).length : 0))],
    ['__Type.interfaces', highest((type) => (isFielded(type) ? type.getInterfaces().length : 0))],
    ['__Type.possibleTypes', highest((type) => (isAbstractType(type) ? schema.getPossibleTypes(type).length : 0))],
    ['__Type.enumValues', highest((type) => (isEnumType(type) ? type.getValues().length : 0))],
    ['__Type.inputFields', highest((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0))],
    ['__Type.ofType', average(references.map((type) => ('ofType' in type ? 1 : 0)))],
    ['__Field.args', average(fields.map((field) => field.args.length))],
    ['__Directive.args', average(directives.map((directive) => directive.args.length))],
  ])
}

function average(lengths: readonly number[]): number {
  return lengths.length === 0 ? 0 : lengths.reduce((sum, length) => sum + length, 0) / lengths.length
}
