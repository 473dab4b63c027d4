import { Listeners } from '../listeners.ts'
import { Mutex } from '../upstream/concurrency.ts'
import type { EndpointStore, HeldState, NextState } from './endpoint-store.ts'

/** The lease of an endpoint. */
export interface Hold {
  /** Aborts when another process may have it. */
  readonly lost: AbortSignal
  /** @throws LeaseLostError when another process may have it */
  assertHeld(): void
}

/** What this process knows of an endpoint while it has the lease. */
export class HeldEndpoint {
  readonly hold: Hold
  readonly #store: EndpointStore
  readonly #updates = new Mutex()
  readonly #changes = new Listeners()
  #current: HeldState

  constructor(store: EndpointStore, hold: Hold, current: HeldState) {
    this.#store = store
    this.hold = hold
    this.#current = current
  }

  get current(): HeldState {
    return this.#current
  }

  /** Calls the listener after each update. */
  get onUpdate() {
    return this.#changes.subscribe
  }

  /** Changes what is known. It is kept before anything is sent that depends on it. */
  async update(change: (current: HeldState) => NextState | Promise<NextState>): Promise<void> {
    await this.#updates.run(async () => {
      const before = this.#current
      const next = await change(before)
      if (next.state === before.state && next.outages === before.outages) return
      this.hold.assertHeld()
      await this.#store.save(before, next)
      this.#current = { state: next.state, outages: next.outages }
    })
    this.#changes.notify()
  }

  /** The JSON of a message in the queue. Null when it was lost. */
  body(id: string): Promise<string | null> {
    return this.#store.body(id)
  }
}
