import { randomUUID } from 'node:crypto'

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

/** The change log of a process without other replicas. */
export class MemoryChangeLog implements ChangeLog {
  readonly isShared = false
  #count = 0
  #latest: string | null = null

  get count(): number {
    return this.#count
  }

  get latestKnown(): string | null {
    return this.#latest
  }

  latest(): string | null {
    return this.#latest
  }

  follow(): void {}

  async record(): Promise<void> {
    this.#count += 1
    this.#latest = randomUUID()
  }
}
