import { filterSchema } from '@graphql-tools/utils'
import { DirectiveLocation, GraphQLDirective, GraphQLEnumType, GraphQLSchema, isEnumType } from 'graphql'

/** Introspection readers from before 2026 refuse a location that is not in the October 2021 specification. */
const newLocation = DirectiveLocation.DIRECTIVE_DEFINITION
const locationEnum = '__DirectiveLocation'

/**
 * The schema that introspection describes: executable like the given one, but without the types of federation, which
 * gateways read through `_service`. Code generators stop at the scalar `_Any`, whose type no frontend configures.
 */
export function createIntrospectionSchema(schema: GraphQLSchema): GraphQLSchema {
  const isHidden = (name: string) => name.startsWith('_') && !name.startsWith('__')
  const plain = filterSchema({
    schema,
    rootFieldFilter: (_operation, name) => !isHidden(name),
    typeFilter: (name) => !isHidden(name),
  })
  const config = plain.toConfig()
  const result = new GraphQLSchema({ ...config, directives: config.directives.map(withoutNewLocation) })
  const locations = result.getType(locationEnum)
  if (isEnumType(locations)) {
    const { [newLocation]: _, ...values } = locations.toConfig().values
    // The map belongs to this schema alone. The enum itself belongs to the module and is shared by all schemas.
    result.getTypeMap()[locationEnum] = new GraphQLEnumType({ ...locations.toConfig(), values })
  }
  return result
}

function withoutNewLocation(directive: GraphQLDirective): GraphQLDirective {
  const locations = directive.locations.filter((location) => location !== newLocation)
  return new GraphQLDirective({ ...directive.toConfig(), locations })
}
