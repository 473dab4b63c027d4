import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { isObject } from '../../is-object.ts'
import { isPage } from './prices.ts'
import { call } from './quantities.ts'

/** Whether a document selects a field that needs a call for an object of a list, such as the PEM of a certificate. */
export function selectsCalls(schema: GraphQLSchema, document: DocumentNode): boolean {
  const info = new TypeInfo(schema)
  let isFound = false
  visit(
    document,
    visitWithTypeInfo(info, {
      Field({ name }) {
        const types = objectTypesOf(schema, info.getParentType())
        isFound ||= types.some((type) => needsCall(type, name.value))
      },
    }),
  )
  return isFound
}

function objectTypesOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType | null | undefined,
): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type)
  const isRoot = type === schema.getQueryType()
  return isObjectType(type) && !isRoot ? [type] : []
}

/** Whether the field needs a call. The field `source` of a place is the report on a reading, which is planned as such. */
function needsCall(type: GraphQLObjectType, name: string): boolean {
  const field = type.getFields()[name]
  const interfaces = type.getInterfaces().map((each) => each.name)
  if (!field || interfaces.includes('CertificatePlace')) return false
  const { complexity, sharedCall } = field.extensions
  const price: unknown = isObject(complexity) ? complexity['field'] : complexity
  // A page of a certificate has the places that use it, and each has a list of its own.
  return sharedCall !== undefined || Number(price) >= call || (isPage(field) && interfaces.includes('Certificate'))
}
