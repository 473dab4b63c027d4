/** One GraphQL operation, as everything below it sees it. */
export interface Operation {
  readonly requestId: string
  /** Who asks, as the audit log names them. */
  readonly caller: string
  /** The one moment all of the operation's ages and remaining days are counted from. */
  readonly now: number
  /** The moment it has to be answered. */
  readonly deadline: number
  /** Aborts when the client leaves or the deadline passes. */
  readonly signal: AbortSignal
}
