/** The changes that this program makes through one API client. A reading that began before the last change is outdated. */
export interface ChangeLog {
  /** The number of changes that this process has made. */
  readonly count: number
  /** Whether another replica may have made the last change. */
  readonly isShared: boolean
  /** Returns the id of the last change by any replica; null when none is known. */
  latest(): string | null | Promise<string | null>
  /** The last id that this replica has seen. */
  readonly latestKnown: string | null
  /** Finds out in the background whether another replica has made a change. */
  follow(): void
  /** Prepares for a change that is about to be sent: the process may be killed before it is recorded. */
  announce?(): Promise<void>
  /** Records that something was changed, or may have been. */
  record(): Promise<void>
}
