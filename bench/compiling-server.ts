import type { RequestListener } from 'node:http'
import { buildSchema, type DocumentNode, type ExecutionArgs, type GraphQLSchema } from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import { createYoga, type Plugin } from 'graphql-yoga'

/** What the query of the benchmark selects. Its dates are texts. */
const typeDefs = `
  type Query { certificates(first: Int): Certificates }
  type Certificates { nodes: [Certificate!]! totalCount: Int! complete: Boolean! }
  type Certificate {
    id: ID! name: String provider: String! expiresAt: String expiryStatus: String! daysUntilExpiry: Int asOf: String!
    stale: Boolean! place: Place!
  }
  type Place { id: ID! label: String! }`

/** Yoga with operations that graphql-jit has compiled, and the data of an answer in memory. */
export function createCompilingServer(answer: string): RequestListener {
  const { data } = JSON.parse(answer) as { readonly data: { readonly certificates: unknown } }
  const schema = buildSchema(typeDefs)
  Object.assign(schema.getQueryType()?.getFields()['certificates'] ?? {}, { resolve: () => data.certificates })
  return createYoga<object>({ schema, plugins: [useCompiledQueries()], logging: false, graphiql: false })
}

function useCompiledQueries(): Plugin {
  const compiled = new WeakMap<DocumentNode, CompiledQuery['query']>()
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const { schema, document, rootValue, contextValue, variableValues } = args
        const known = compiled.get(document) ?? compile(schema, document)
        compiled.set(document, known)
        return known(rootValue, contextValue, variableValues)
      })
    },
  }
}

function compile(schema: GraphQLSchema, document: DocumentNode): CompiledQuery['query'] {
  const result = compileQuery(schema, document)
  if (!isCompiledQuery(result)) throw new Error('graphql-jit does not compile the query')
  return result.query
}
