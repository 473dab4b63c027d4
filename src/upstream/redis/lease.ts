import { randomUUID } from 'node:crypto'
import type { SlotEstimate } from '../call/context.ts'
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import { serializeSlotEstimate } from './failure-text.ts'
import { finish, renew } from './reading-scripts.ts'

/** How long a reading is left to a replica that gives no sign of life. */
export const leaseTime = 5_000

const betweenSigns = 500

/** What is kept when a lease is given back. */
export interface Outcome {
  readonly key: string
  readonly text: string
  readonly milliseconds: number
}

/** The right to make a reading for all replicas. It is kept up until it is given back; who dies loses it soon. */
export class Lease {
  readonly token = randomUUID()
  /** When its reading's next call may be made, if that has to wait: others wait for it too. */
  turn: SlotEstimate | null = null
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #key: string
  readonly #ended = new AbortController()

  constructor(clock: Clock, connection: Connection, key: string) {
    this.#clock = clock
    this.#connection = connection
    this.#key = key
  }

  keep(): void {
    this.#giveSigns().catch(() => {})
  }

  async giveBack(outcome?: Outcome): Promise<void> {
    this.#ended.abort()
    const keys = outcome ? [this.#key, outcome.key] : [this.#key]
    const args = outcome ? [outcome.text, outcome.milliseconds] : []
    await this.#connection.run(finish, keys, [this.token, ...args])
  }

  async #giveSigns(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(betweenSigns, this.#ended.signal)
      await this.#connection.run(
        renew,
        [this.#key],
        [this.token, leaseTime, this.turn ? serializeSlotEstimate(this.turn) : ''],
      )
    }
  }
}
