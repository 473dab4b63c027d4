import { type ASTNode, type DocumentNode, GraphQLError, Kind, type ValueNode, visit } from 'graphql'
import { withExtensions } from './error.ts'
import type { Plugin } from './request-state.ts'

/** Adds the path of the argument to errors about an invalid literal, as GraphQL does for variables. */
export function useArgumentPaths(): Plugin {
  // Yoga caches the errors of a document, also those that already have a path.
  const finished = new WeakSet<object>()

  return {
    onValidate({ params: { documentAST } }) {
      return ({ result, setResult }) => {
        if (!Array.isArray(result) || result.length === 0 || finished.has(result)) return
        const withPaths = result.map((error: unknown) =>
          error instanceof GraphQLError ? withPath(error, documentAST) : error,
        )
        finished.add(withPaths)
        setResult(withPaths)
      }
    },
  }
}

function withPath(error: GraphQLError, document: DocumentNode): GraphQLError {
  const [node] = error.nodes ?? []
  if (!node || node.kind === Kind.VARIABLE) return error
  const path = findPath(document, node)
  return path === null ? error : withExtensions(error, error.extensions, `${path}: ${error.message}`)
}

/** Finds a literal, such as `filter.placeIds[0]`; null for a node that is no part of an argument's value. */
function findPath(document: DocumentNode, target: ASTNode): string | null {
  let path: string | null = null
  const search = (value: ValueNode | undefined, start: string) => {
    path ??= value ? findIn(value, target, start) : null
  }
  visit(document, {
    Argument: ({ name, value }) => search(value, name.value),
    VariableDefinition: ({ variable, defaultValue }) => search(defaultValue, `$${variable.name.value}`),
  })
  return path
}

function findIn(value: ValueNode, target: ASTNode, path: string): string | null {
  if (value === target) return path
  if (value.kind === Kind.LIST) {
    for (const [index, each] of value.values.entries()) {
      const found = findIn(each, target, `${path}[${index}]`)
      if (found !== null) return found
    }
  }
  if (value.kind === Kind.OBJECT) {
    for (const field of value.fields) {
      const fieldPath = `${path}.${field.name.value}`
      const found = field === target ? fieldPath : findIn(field.value, target, fieldPath)
      if (found !== null) return found
    }
  }
  return null
}
