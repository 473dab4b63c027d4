import { randomUUID } from 'node:crypto'

/** What this program itself changes at a vendor. A reading that began before the last change serves no more. */
export interface ChangeLog {
  /** Rises with every change that this process makes. */
  readonly count: number
  /** Names the last change that any replica made; null when none is known. */
  latest(): Promise<string | null>
  /** The last one that this replica has heard of. */
  readonly latestKnown: string | null
  /** Something was changed, or may have been. */
  record(): Promise<void>
}

/** The changes of a process that shares its readings with nobody. */
export class MemoryChangeLog implements ChangeLog {
  #count = 0
  #last: string | null = null

  get count(): number {
    return this.#count
  }

  get latestKnown(): string | null {
    return this.#last
  }

  async latest(): Promise<string | null> {
    return this.#last
  }

  async record(): Promise<void> {
    this.#count += 1
    this.#last = randomUUID()
  }
}
