import { randomUUID } from 'node:crypto'
import type { SlotEstimate } from '../call/context.ts'
import { type Clock, maxSkew } from '../clock.ts'
import { Heartbeat } from '../heartbeat.ts'
import { leaseTtl, renewInterval } from '../lease-times.ts'
import type { RedisConnection } from './connection.ts'
import { releaseLease, renewLease } from './reading-scripts.ts'
import { serializeSlotEstimate } from './serialization.ts'
import type { SignedValues } from './signed-values.ts'

/** What is stored when a lease is released. */
export interface LeaseResult {
  readonly kind: 'reading' | 'failure'
  readonly key: string
  /** Signed. */
  readonly text: string
  /** In milliseconds. */
  readonly ttl: number
}

/** The right to make a reading for all replicas. It is renewed until it is released, and lost soon after a crash. */
export class Lease {
  readonly token = randomUUID()
  /** The slot that the next call of the reading waits for. Replicas that wait for the reading report it too. */
  slot: SlotEstimate | null = null
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #values: SignedValues
  readonly #key: string
  readonly #heartbeat: Heartbeat

  constructor(clock: Clock, connection: RedisConnection, values: SignedValues, key: string) {
    this.#clock = clock
    this.#connection = connection
    this.#values = values
    this.#key = key
    this.#heartbeat = new Heartbeat(clock, renewInterval, () =>
      connection.run(renewLease, [key], [this.token, leaseTtl, this.text]),
    )
  }

  /** The signed text that the other replicas find: they wait as long as it is valid. */
  get text(): string {
    const slot = this.slot ? toAscii(serializeSlotEstimate(this.slot, this.#clock)) : ''
    return this.#values.sign(this.#key, leaseTtl, slot)
  }

  startRenewing(): void {
    this.#heartbeat.start()
  }

  async release(result?: LeaseResult): Promise<void> {
    this.#heartbeat.end()
    const keys = result ? [this.#key, result.key] : [this.#key]
    const args = result ? [this.#clock.now() + maxSkew, result.kind, result.text, result.ttl] : []
    await this.#connection.run(releaseLease, keys, [this.token, ...args])
  }
}

/** Escapes the other characters of a JSON text: a script takes them for those of another program. */
function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
