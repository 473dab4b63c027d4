import type { TypedDocumentNode } from '@urql/core'
import type { TypedDocumentString } from './generated/graphql.ts'

/**
 * Returns the form of a generated document that urql sends by its id, without the text. A server that requires trusted
 * documents accepts nothing else.
 */
export function toPersistedDocument<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Variables> & { readonly documentId: string } {
  return { kind: 'Document', definitions: [], documentId: document.__meta__?.['hash'] } as TypedDocumentNode<
    Data,
    Variables
  > & { readonly documentId: string }
}
