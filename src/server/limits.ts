/** How far one request may go before it is refused. */
export interface QueryLimits {
  /** Fields within fields. */
  readonly depth: number
  readonly aliases: number
  /** Fields of the operation itself. */
  readonly rootFields: number
  readonly directives: number
  readonly tokens: number
  /** Bytes of a request. */
  readonly body: number
  /** Operations in one request. */
  readonly batching: number
  readonly cost: number
}

/** How many operations at a time. */
export interface OperationLimits {
  readonly executing: number
  readonly waiting: number
  /** Of one caller who said who it is. */
  readonly perCaller: number
}

export interface Limits extends QueryLimits {
  readonly operations: OperationLimits
}
