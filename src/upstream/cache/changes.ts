import { randomUUID } from 'node:crypto'

/** What this program itself changes at a vendor. A reading that began before the last change serves no more. */
export interface Changes {
  /** Rises with every change that this process makes. */
  readonly count: number
  /** Names the last change that any replica made; null when none is known. */
  last(): Promise<string | null>
  /** The last one that this replica has heard of. */
  readonly known: string | null
  /** Something was changed, or may have been. */
  note(): Promise<void>
}

/** The changes of a process that shares its readings with nobody. */
export class OwnChanges implements Changes {
  #count = 0
  #last: string | null = null

  get count(): number {
    return this.#count
  }

  get known(): string | null {
    return this.#last
  }

  async last(): Promise<string | null> {
    return this.#last
  }

  async note(): Promise<void> {
    this.#count += 1
    this.#last = randomUUID()
  }
}
