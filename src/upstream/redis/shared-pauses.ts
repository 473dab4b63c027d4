import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { maxPause } from '../rate-limit/rate-limiter.ts'
import { trialTime } from '../rate-limit/store.ts'
import { deletePauses, replacePause } from './call-scripts.ts'
import type { RedisConnection } from './connection.ts'
import type { Keys } from './keys.ts'

/** How long the pauses are kept: a pause that is over still shows that one call has to be made alone. */
export const pausesTtl = maxPause + 60_000
/** How often a replica that writes a pause gives way to another one that does the same. */
const maxAttempts = 5

const deleted = z.array(z.tuple([z.string(), z.string()]))

/** A pause of another replica, or the first call after it. */
export interface SharedPause {
  readonly kind: 'pause' | 'trial'
  /** Milliseconds; not positive when it is over. */
  readonly left: number
}

/** The signed pauses of one rate limiter. */
export class SharedPauses {
  readonly key: string
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keys: Keys
  /** The texts that this replica has written for the first call after a pause. */
  readonly #trials = new Map<string, string>()

  constructor(clock: Clock, connection: RedisConnection, keys: Keys) {
    this.#clock = clock
    this.#connection = connection
    this.#keys = keys
    this.key = keys.ofValue('pauses')
  }

  /** Returns the pause of a text; null when no replica has signed it. */
  parse(resource: string, text: string): SharedPause | null {
    const value = this.#keys.values.verify(this.#nameOf(resource), text)
    if (!value) return null
    const left = Math.min(value.expiresAt - this.#clock.now(), maxPause)
    return { kind: value.body === 'trial' ? 'trial' : 'pause', left }
  }

  /** Returns the text by which the first call after a pause holds back the calls of other replicas. */
  toTrial(resource: string): string {
    return this.#toText(resource, trialTime, 'trial')
  }

  /** Records that this replica makes the first call after a pause. */
  beginTrial(resource: string, text: string): void {
    this.#trials.set(resource, text)
  }

  /** Writes a pause, unless a longer one is in force. */
  async write(resource: string, milliseconds: number): Promise<void> {
    await this.#connection.isShared()
    const text = this.#toText(resource, milliseconds, 'pause')
    let expected = ''
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const current = await this.#replace(resource, expected, text)
      if (typeof current !== 'string' || current === text) return
      const other = this.parse(resource, current)
      if (other?.kind === 'pause' && other.left >= milliseconds) return
      expected = current
    }
  }

  /** Lets the calls of all replicas through if this one has made the first call after a pause. Returns whether it has. */
  resume(resource: string): boolean {
    const text = this.#trials.get(resource)
    if (text !== undefined) void this.#replace(resource, text, '')
    return this.#trials.delete(resource)
  }

  /** Deletes all pauses, and returns how many were in force. */
  async clear(): Promise<number> {
    this.#trials.clear()
    const { data = [] } = deleted.safeParse(await this.#connection.run(deletePauses, [this.key]))
    return data.filter(([resource, text]) => {
      const pause = this.parse(resource, text)
      return pause?.kind === 'pause' && pause.left > 0
    }).length
  }

  #replace(resource: string, expected: string, text: string): Promise<unknown> {
    return this.#connection.run(replacePause, [this.key], [resource, expected, text, pausesTtl])
  }

  #toText(resource: string, milliseconds: number, body: SharedPause['kind']): string {
    return this.#keys.values.sign(this.#nameOf(resource), milliseconds, body)
  }

  #nameOf(resource: string): string {
    return `${this.key} ${resource}`
  }
}
