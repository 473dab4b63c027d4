import { randomUUID } from 'node:crypto'
import type { KeptRoot } from '../../state/kept-kinds.ts'
import type { StateKey, StateStore } from '../../state/state-store.ts'
import type { ChangeLog } from '../cache/change-log.ts'
import type { Identity } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import { datedText, parseDated } from './dated-text.ts'
import { stateDigest } from './state-digest.ts'

export const changeKind = 'last change' satisfies KeptRoot

/**
 * The change log of a process without other replicas. The id of the last change is in the state: after a restart, a reading
 * from before the change is not served as one from after it. Another process with the same state does not see it before it
 * is restarted.
 */
export class StateChangeLog implements ChangeLog {
  readonly isShared = false
  readonly #clock: Clock
  readonly #state: StateStore
  readonly #key: StateKey
  #count = 0
  #latest: string | null

  constructor(clock: Clock, state: StateStore, identity: Identity) {
    this.#clock = clock
    this.#state = state
    this.#key = [changeKind, stateDigest(identity)]
    const id = parseDated(state.get(this.#key))?.value
    this.#latest = typeof id === 'string' ? id : null
  }

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

  /** Until the change is recorded, readings are as before it. A process that is started before that finds another id. */
  async announce(): Promise<void> {
    await this.#keep(randomUUID())
  }

  async record(): Promise<void> {
    this.#count += 1
    this.#latest = randomUUID()
    await this.#keep(this.#latest)
  }

  async #keep(id: string): Promise<void> {
    if (!this.#state.hasDisk) return
    const text = datedText(this.#clock.now(), id)
    await this.#state.transaction((writer) => writer.put(this.#key, text))
  }
}
