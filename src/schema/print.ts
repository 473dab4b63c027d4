import { printSubgraphSchema } from '@apollo/subgraph'
import { GraphQLObjectType, GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'

/** The plain API, as schema.graphql holds it: sorted, so that a change shows as the lines that changed. */
export function printSorted(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(without(schema, ['_entities', '_service'])))}\n`
}

/** The subgraph as it is published. `node` and `nodes` are not: no two subgraphs that have them compose. */
export function printSubgraph(schema: GraphQLSchema): string {
  return `${printSubgraphSchema(without(schema, ['node', 'nodes']))}\n`
}

/** The schema without some fields of Query, and without the types that nothing but those fields needs. */
function without(schema: GraphQLSchema, hidden: readonly string[]): GraphQLSchema {
  const { types, ...config } = schema.toConfig()
  const query = schema.getQueryType()?.toConfig()
  if (!query) return schema
  const fields = Object.entries(query.fields).filter(([name]) => !hidden.includes(name))
  // Where the type has a node, a subgraph is printed by that, for directives stand there alone.
  const node = query.astNode
  const astNode = node && { ...node, fields: node.fields?.filter(({ name }) => !hidden.includes(name.value)) ?? [] }
  return new GraphQLSchema({
    ...config,
    query: new GraphQLObjectType({ ...query, fields: Object.fromEntries(fields), astNode }),
    types: types.filter(({ name }) => name !== query.name && !name.startsWith('_')),
  })
}
