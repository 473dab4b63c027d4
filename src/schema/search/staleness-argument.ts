import { BREAK, type DocumentNode, visit } from 'graphql'

/** Documents are parsed once for many operations. */
const known = new WeakMap<DocumentNode, boolean>()

/**
 * Whether a field of a document has a `maxStaleness`. It applies to other fields about the same place, also to those that begin
 * before the field does.
 */
export function hasStalenessArgument(document: DocumentNode): boolean {
  const before = known.get(document)
  if (before !== undefined) return before
  let isFound = false
  visit(document, {
    Argument({ name }) {
      if (name.value !== 'maxStaleness') return undefined
      isFound = true
      return BREAK
    },
  })
  known.set(document, isFound)
  return isFound
}
