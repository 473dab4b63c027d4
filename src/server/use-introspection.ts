import { type DocumentNode, type GraphQLSchema, visit } from 'graphql'
import type { Plugin } from './request-state.ts'

const introspectionFields = ['__schema', '__type']
const federationFields = ['_service', '_entities']

/** Executes introspection on another schema than other operations. */
export function useIntrospection(createSchema: () => GraphQLSchema): Plugin {
  let schema: GraphQLSchema | undefined
  // A repeated document is parsed once, and then has the same object.
  const known = new WeakMap<DocumentNode, boolean>()

  return {
    onExecute({ args: { document }, executeFn, setExecuteFn }) {
      const isKnown = known.get(document) ?? isIntrospection(document)
      known.set(document, isKnown)
      if (!isKnown) return
      schema ??= createSchema()
      setExecuteFn((args) => executeFn({ ...args, schema }))
    },
  }
}

/** Whether a valid document reads the schema. A document that also has a field of federation needs the whole schema. */
function isIntrospection(document: DocumentNode): boolean {
  const names = new Set<string>()
  visit(document, {
    Field: ({ name }) => {
      names.add(name.value)
    },
  })
  const has = (fields: readonly string[]) => fields.some((field) => names.has(field))
  return has(introspectionFields) && !has(federationFields)
}
