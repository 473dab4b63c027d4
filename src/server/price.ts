import type { DocumentNode } from 'graphql'
import type { Listeners } from '../listeners.ts'
import type { Caller } from '../operation.ts'
import type { Variables } from './variables.ts'

export const costHeader = 'x-certgraph-cost'

/**
 * Computes the cost of an operation, and how long its answer may be; undefined when there is no operation of
 * this name, which the execution reports.
 */
export type CostOf = (operation: {
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  /** Coerced values. */
  readonly variables: Variables
  readonly caller?: Caller | undefined
}) => Price | undefined

/** What an operation costs. */
export interface Price {
  readonly cost: number
  /** Bytes that the answer may have. */
  readonly bytes: number
  /** Called when the cost changes; absent when it never does. */
  readonly changes?: Listeners | undefined
}
