/** What a caller may be allowed. */
export const scopes = ['certificates:read', 'certificates:content', 'certificates:write'] as const
export type Scope = (typeof scopes)[number]

/** Who asks. */
export interface Caller {
  /** As the log names them. */
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** The places they may see, by the vendors' own ids. Null: all. */
  readonly places: ReadonlySet<string> | null
  /** Whether they showed who they are. Else the name is an address, and many may share it. */
  readonly isIdentified: boolean
}

/** One GraphQL operation, as everything below it sees it. */
export interface Operation {
  readonly requestId: string
  readonly caller: Caller
  /** Whether the caller may see a place that nobody configured by name, so that only a discovery can find it. */
  readonly seeksPlaces?: boolean
  /** The one moment all of the operation's ages and remaining days are counted from. */
  readonly now: number
  /** The moment it has to be answered. */
  readonly deadline: number
  /** Aborts when the client leaves or the deadline passes. */
  readonly signal: AbortSignal
  /** Told of each call that it began, also where others wait for it too. Absent where nobody counts. */
  readonly sent?: (() => void) | undefined
}
