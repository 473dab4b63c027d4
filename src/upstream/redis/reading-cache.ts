import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { SharedReading, SharedReadingCache, SharedReadingRequest } from '../cache/reading.ts'
import type { CallOptions, SlotEstimate } from '../call/context.ts'
import type { Identity } from '../call/vendor-api.ts'
import { type Clock, toWallTime } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { RedisConnection } from './connection.ts'
import { keysOf } from './keys.ts'
import { beginReading, deleteKeys, getReading, maxTextLength, releaseLease, renewLease } from './scripts.ts'
import {
  parseFailure,
  parseReading,
  parseSlotEstimate,
  serializeFailure,
  serializeReading,
  serializeSlotEstimate,
} from './serialization.ts'

const minPollInterval = 150
const maxPollInterval = 1_000

/** How long a failure is kept: one replica tries a vendor that is down again, not each of them. */
const failureTtl = 5_000
/** A reading is kept at least until every replica that waits for it has looked again. */
const minReadingTtl = 10_000

const begun = z.tuple([z.enum(['reading', 'failure', 'theirs', 'mine']), z.string()])

/** The readings that replicas share through Redis. No reading fails because of Redis: without it, each replica makes its own. */
export class RedisReadingCache implements SharedReadingCache {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #connection: RedisConnection

  constructor(clock: Clock, log: Logger, connection: RedisConnection) {
    this.#clock = clock
    this.#log = log
    this.#connection = connection
  }

  async get(identity: Identity): Promise<SharedReading | null> {
    if (!(await this.#connection.isShared())) return null
    const key = keysOf(identity)('reading')
    const text = await this.#connection.run(getReading, [key])
    return typeof text !== 'string' || text === '' ? null : this.#orDelete(key, parseReading(text, this.#clock))
  }

  async getOrMake(
    request: SharedReadingRequest,
    options: CallOptions,
    make: (options: CallOptions) => Promise<SharedReading>,
  ): Promise<SharedReading> {
    const keyOf = keysOf(request.identity)
    const [reading, failure, leaseKey] = [keyOf('reading'), keyOf('failure'), keyOf('lease')]
    while (await this.#connection.isShared()) {
      const lease = new Lease(this.#clock, this.#connection, leaseKey)
      const args = [toWallTime(this.#clock, request.startedAfter()), failureTtl, leaseTtl, lease.token]
      const { data } = begun.safeParse(await this.#connection.run(beginReading, [reading, failure, leaseKey], args))
      if (!data) break
      const [found, text] = data
      if (found === 'mine') return makeWithLease(lease, request, options, make)
      if (found === 'theirs') await this.#wait(text, options)
      if (found === 'reading') {
        const theirs = await this.#orDelete(reading, parseReading(text, this.#clock))
        if (theirs) return theirs
      }
      if (found === 'failure') {
        const error = await this.#orDelete(failure, parseFailure(text))
        if (error) throw error
      }
    }
    return make(options)
  }

  /** Waits before the next look at the reading of another replica, which may wait for a slot. */
  async #wait(text: string, options: CallOptions): Promise<void> {
    const now = this.#clock.elapsed()
    const slot = parseSlotEstimate(text, this.#clock)
    const error = () => new UpstreamError('UPSTREAM_TIMEOUT', 'another replica is still making this reading')
    options.onQueued(slot ?? { at: now, error })
    const untilSlot = slot ? (slot.at - now) / 2 : 0
    await this.#clock.sleep(Math.min(Math.max(minPollInterval, untilSlot), maxPollInterval), options.signal)
  }

  /** Deletes a value that could not be parsed. */
  async #orDelete<Value>(key: string, value: Value | null): Promise<Value | null> {
    if (value !== null) return value
    this.#log.warn('a malformed value of another replica was deleted from Redis')
    await this.#connection.run(deleteKeys, [key])
    return null
  }
}

/** Makes a reading for all replicas and stores its result. */
async function makeWithLease(
  lease: Lease,
  request: SharedReadingRequest,
  options: CallOptions,
  make: (options: CallOptions) => Promise<SharedReading>,
): Promise<SharedReading> {
  const keyOf = keysOf(request.identity)
  let result: LeaseResult | undefined
  lease.startRenewing()
  try {
    const reading = await make({
      ...options,
      onQueued(slot) {
        lease.slot = slot
        options.onQueued(slot)
      },
    })
    const text = serializeReading(reading, request.fields)
    const ttl = Math.max(minReadingTtl, Math.ceil(request.maxAge))
    if (text.length <= maxTextLength) result = { key: keyOf('reading'), text, ttl }
    return reading
  } catch (error) {
    if (error instanceof UpstreamError)
      result = { key: keyOf('failure'), text: serializeFailure(error), ttl: failureTtl }
    throw error
  } finally {
    // The reading is served without waiting for Redis.
    void lease.release(result)
  }
}

/** How long a lease lasts without a renewal. */
const leaseTtl = 5_000
const renewInterval = 500

/** What is stored when a lease is released. */
interface LeaseResult {
  readonly key: string
  readonly text: string
  /** In milliseconds. */
  readonly ttl: number
}

/** The right to make a reading for all replicas. It is renewed until it is released, and lost soon after a crash. */
class Lease {
  readonly token = randomUUID()
  /** The slot that the next call of the reading waits for. Replicas that wait for the reading report it too. */
  slot: SlotEstimate | null = null
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #key: string
  readonly #ended = new AbortController()

  constructor(clock: Clock, connection: RedisConnection, key: string) {
    this.#clock = clock
    this.#connection = connection
    this.#key = key
  }

  startRenewing(): void {
    this.#renew().catch(() => {})
  }

  async release(result?: LeaseResult): Promise<void> {
    this.#ended.abort()
    const keys = result ? [this.#key, result.key] : [this.#key]
    const args = result ? [result.text, result.ttl] : []
    await this.#connection.run(releaseLease, keys, [this.token, ...args])
  }

  async #renew(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(renewInterval, this.#ended.signal)
      const slot = this.slot ? serializeSlotEstimate(this.slot, this.#clock) : ''
      await this.#connection.run(renewLease, [this.#key], [this.token, leaseTtl, slot])
    }
  }
}
