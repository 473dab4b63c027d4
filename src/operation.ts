/** What a caller may be allowed. */
export const permissions = ['certificates:read', 'certificates:content', 'certificates:write'] as const
export type Permission = (typeof permissions)[number]

/** Who asks. */
export interface Caller {
  /** As the log names them. */
  readonly name: string
  readonly permissions: ReadonlySet<Permission>
  /** The places they may see, by the vendors' own ids. Null: all. */
  readonly places: ReadonlySet<string> | null
  /** Whether they showed who they are. Else the name is an address, and many may share it. */
  readonly isIdentified: boolean
}

/** Where places are known to be, by the configuration and by what was discovered last. */
export interface PlaceIndex {
  /** A discovery of the place has found these, and no others. */
  record(place: string, places: readonly { readonly vendorId: string }[]): void
  /** Whether one of these places, by the vendors' own ids, may be found by a discovery of the place. */
  mayHold(place: string, places: Iterable<string>): boolean
  /**
   * Has discoveries made that nobody asked for: those of scopes that the caller sees, or all that may find a place of
   * theirs. What they find is noted; nothing is thrown. Absent where one is being made for just that.
   */
  learn?(operation: Operation, from: 'seen' | 'all'): Promise<void>
}

/** One GraphQL operation, as everything below it sees it. */
export interface Operation {
  readonly requestId: string
  readonly caller: Caller
  /** Where the places of callers are known to be; absent where nobody's places are limited. */
  readonly placeIndex?: PlaceIndex
  /** The one moment all of the operation's ages and remaining days are counted from. */
  readonly now: number
  /** The moment it has to be answered. */
  readonly deadline: number
  /** Aborts when the client leaves or the deadline passes. */
  readonly signal: AbortSignal
  /** Told of each call that it began, also where others wait for it too. Absent where nobody counts. */
  readonly onCall?: (() => void) | undefined
  /** Told of those of them that failed. */
  readonly onCallFailed?: (() => void) | undefined
}
