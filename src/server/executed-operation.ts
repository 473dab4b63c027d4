import { type DocumentNode, getOperationAST, type OperationTypeNode } from 'graphql'

/** What is executed. */
export interface ExecutedOperation {
  readonly document: DocumentNode
  readonly operationName?: string | null
}

export function isOperation({ document, operationName }: ExecutedOperation, type: OperationTypeNode): boolean {
  return getOperationAST(document, operationName)?.operation === type
}
