import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'
import { UpstreamError } from './error.ts'
import { withTimeout } from './timeout.ts'

/** What was read, and when. */
export interface Reading<Value> {
  readonly value: Value
  /** The moment the reading began: nothing in it is older. */
  readonly asOf: number
  /** The last attempt to renew it failed. */
  readonly stale: boolean
}

export interface ReadingLimits {
  /** How long a reading serves. */
  readonly ttl: number
  /** How long making one may take. */
  readonly timeout: number
}

/** A reading, and the moment until which it serves. */
interface Kept<Value> {
  readonly reading: Reading<Value>
  readonly until: number
}

const mostReadings = 20_000

/** The readings of this process: each is made once for all who wait for it, and runs on whoever leaves. */
export class Readings<Value extends object> {
  readonly #clock: Clock
  readonly #limits: ReadingLimits
  readonly #kept = new LRUCache<string, Kept<Value>>({ max: mostReadings })
  readonly #underWay = new Map<string, Promise<Reading<Value>>>()

  constructor(clock: Clock, limits: ReadingLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** The reading that serves without a call; undefined when one has to be made. */
  kept(key: string): Reading<Value> | undefined {
    const kept = this.#kept.get(key)
    return kept && this.#serves(kept) ? kept.reading : undefined
  }

  async read(key: string, make: (signal: AbortSignal) => Promise<Value>): Promise<Reading<Value>> {
    return this.kept(key) ?? this.#underWay.get(key) ?? this.#start(key, make)
  }

  /** One from the future does not: the clock has been set back, and nobody knows how old it is. */
  #serves({ reading, until }: Kept<Value>): boolean {
    const now = this.#clock.now()
    return now >= reading.asOf && now < until
  }

  #start(key: string, make: (signal: AbortSignal) => Promise<Value>): Promise<Reading<Value>> {
    const reading = this.#make(key, make).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, reading)
    return reading
  }

  async #make(key: string, make: (signal: AbortSignal) => Promise<Value>): Promise<Reading<Value>> {
    const asOf = this.#clock.now()
    const milliseconds = this.#limits.timeout
    const expired = () => new UpstreamError('UPSTREAM_TIMEOUT', `not read to the end within ${milliseconds} ms`)
    const value = await withTimeout({ clock: this.#clock, milliseconds, expired }, make)
    const reading = { value, asOf, stale: false }
    // From its end on: one that takes as long as it serves would serve nobody.
    this.#kept.set(key, { reading, until: this.#clock.now() + this.#limits.ttl })
    return reading
  }
}
