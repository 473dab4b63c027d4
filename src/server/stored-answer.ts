import type { AnswerBasis } from '../answer-basis.ts'
import type { OutcomeSummary } from '../operation-outcome.ts'

/** What the log says about an operation, for the lines of the requests that get the same answer. */
export interface OperationSummary {
  readonly operationName: string | undefined
  readonly cost: number | undefined
  /** What was wrong with what it read. */
  readonly read: OutcomeSummary | undefined
}

/** A complete answer to a query. */
export interface StoredAnswer {
  readonly status: number
  readonly statusText: string
  /** Each name with its value after it. The id of the request is not among them. */
  readonly headers: readonly string[]
  readonly bytes: Buffer
  readonly operation: OperationSummary
  readonly basis: AnswerBasis
  /** What the cost in the headers was computed from. */
  readonly price: AnswerBasis
}
