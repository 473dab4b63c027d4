import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'

/** The schema as schema.graphql holds it: sorted, so that a change shows as the lines that changed. */
export function printSorted(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
