import type { Logger } from 'pino'
import { z } from 'zod'
import type { SharedReading, SharedReadingCache, SharedReadingRequest } from '../cache/reading.ts'
import type { CallOptions } from '../call/context.ts'
import { type Identity, identityWithin } from '../call/vendor-api.ts'
import { type Clock, maxSkew, toWallTime } from '../clock.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError } from '../error.ts'
import { leaseTtl } from '../lease-times.ts'
import type { RedisConnection } from './connection.ts'
import type { Keyring, Keys } from './keys.ts'
import { Lease, type LeaseResult } from './lease.ts'
import { beginReading, deleteLease, deleteText, getReading, maxTextLength } from './reading-scripts.ts'
import { parseFailure, parseReading, parseSlotEstimate, serializeFailure, serializeReading } from './serialization.ts'

const minPollInterval = 150
const maxPollInterval = 1_000

/** How long a failure is kept: one replica tries a vendor that is down again, not each of them. */
const failureTtl = 5_000
/** A reading is kept at least until every replica that waits for it has looked again. */
const minReadingTtl = 10_000
/** How many unusable values a reading finds in Redis before it is made without it. */
const maxUnusable = 3
/** More characters than the times and the signature at the beginning of a text have. */
const headLength = 80

const begun = z.tuple([z.enum(['reading', 'failure', 'theirs', 'mine']), z.string()])

/** The readings that replicas share through Redis. No reading fails because of Redis: without it, each replica makes its own. */
export class RedisReadingCache implements SharedReadingCache {
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keyring: Keyring
  readonly #log: Logger
  /** The keys of the readings that could not be shared the last time. */
  readonly #unshared = new Set<string>()

  constructor(
    { clock, log }: Pick<UpstreamDependencies, 'clock' | 'log'>,
    connection: RedisConnection,
    keyring: Keyring,
  ) {
    this.#clock = clock
    this.#log = log
    this.#connection = connection
    this.#keyring = keyring
  }

  async get(identity: Identity, change: string | null = null): Promise<SharedReading | null> {
    if (!(await this.#connection.isShared())) return null
    const keys = this.#keysOf({ identity, change })
    const text = await this.#connection.run(getReading, [keys.ofValue('reading')])
    return typeof text !== 'string' || text === '' ? null : this.#readingOf(keys, text)
  }

  async getOrMake(
    request: SharedReadingRequest,
    options: CallOptions,
    make: (options: CallOptions) => Promise<SharedReading>,
  ): Promise<SharedReading> {
    const keys = this.#keysOf(request)
    const names = [keys.ofValue('reading'), keys.ofValue('failure'), keys.ofValue('lease')]
    for (let unusable = 0; unusable < maxUnusable && (await this.#connection.isShared()); ) {
      const lease = new Lease(this.#clock, this.#connection, keys.values, keys.ofValue('lease'))
      const startedAfter = request.startedAfter()
      const args = [toWallTime(this.#clock, startedAfter), failureTtl, leaseTtl, lease.token, lease.text]
      const { data } = begun.safeParse(await this.#connection.run(beginReading, names, args))
      if (!data) break
      const [found, text] = data
      if (found === 'mine') return this.#makeWithLease(lease, keys, request, options, make)
      if (found === 'theirs' && (await this.#wait(keys, text, options))) continue
      if (found === 'reading') {
        const theirs = await this.#readingOf(keys, text)
        // Redis may give an old one as a recent one.
        if (theirs && theirs.startedAt > startedAfter - maxSkew) return theirs
      }
      if (found === 'failure') {
        const error = await this.#failureOf(keys, text)
        if (error) throw error
      }
      unusable += 1
    }
    return make(options)
  }

  #keysOf({ identity, change = null }: Pick<SharedReadingRequest, 'identity' | 'change'>): Keys {
    return this.#keyring.keysOf(change === null ? identity : identityWithin(identity, change))
  }

  async #readingOf(keys: Keys, text: string): Promise<SharedReading | null> {
    const key = keys.ofValue('reading')
    const value = keys.values.verifyCurrent(key, text)
    const reading = value && (parseReading(value, this.#clock) ?? keys.values.reject('malformed'))
    if (!reading) await this.#delete(key, text)
    return reading
  }

  async #failureOf(keys: Keys, text: string): Promise<UpstreamError | null> {
    const key = keys.ofValue('failure')
    const value = keys.values.verifyCurrent(key, text)
    const error = value && (parseFailure(value.body) ?? keys.values.reject('malformed'))
    if (!error) await this.#delete(key, text)
    return error
  }

  /**
   * Waits before the next look at the reading of another replica, which may wait for a slot. Returns false for a lease that
   * no replica has.
   */
  async #wait(keys: Keys, text: string, options: CallOptions): Promise<boolean> {
    const key = keys.ofValue('lease')
    const lease = keys.values.verifyCurrent(key, text)
    if (!lease) {
      await this.#connection.run(deleteLease, [key], [text])
      return false
    }
    const now = this.#clock.elapsed()
    const slot = lease.body === '' ? null : parseSlotEstimate(lease.body, this.#clock)
    const error = () => new UpstreamError('UPSTREAM_TIMEOUT', 'another replica is still making this reading')
    options.onQueued(slot ?? { at: now, error })
    const untilSlot = slot ? (slot.at - now) / 2 : 0
    await this.#clock.sleep(Math.min(Math.max(minPollInterval, untilSlot), maxPollInterval), options.signal)
    return true
  }

  async #delete(key: string, text: string): Promise<void> {
    // The times and the signature identify it.
    const [asOf, expiresAt, signature] = text.slice(0, headLength).split(' ')
    await this.#connection.run(deleteText, [key], [`${asOf} ${expiresAt} ${signature} `])
  }

  /** Makes a reading for all replicas and stores its result. */
  async #makeWithLease(
    lease: Lease,
    keys: Keys,
    request: SharedReadingRequest,
    options: CallOptions,
    make: (options: CallOptions) => Promise<SharedReading>,
  ): Promise<SharedReading> {
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
      result = this.#toResult(keys, reading, request)
      return reading
    } catch (error) {
      if (error instanceof UpstreamError) result = toFailureResult(keys, error)
      throw error
    } finally {
      // The reading is served without waiting for Redis.
      void lease.release(result)
    }
  }

  /** The result of a reading; undefined when it cannot be shared. The reading is served all the same. */
  #toResult(keys: Keys, reading: SharedReading, request: SharedReadingRequest): LeaseResult | undefined {
    const key = keys.ofValue('reading')
    try {
      const result = this.#serialize(keys, key, reading, request)
      if (result.text.length > maxTextLength) throw new Error(`it has more than ${maxTextLength} characters`)
      this.#unshared.delete(key)
      return result
    } catch (cause) {
      if (!this.#unshared.has(key))
        this.#log.warn({ cause: String(cause) }, 'a reading cannot be shared with the other replicas')
      this.#unshared.add(key)
      return undefined
    }
  }

  #serialize(keys: Keys, key: string, reading: SharedReading, { fields, maxAge }: SharedReadingRequest): LeaseResult {
    const ttl = Math.max(minReadingTtl, Math.ceil(maxAge))
    const expiresAt = this.#clock.now() + ttl
    const text = keys.values.signAsOf(key, { asOf: reading.asOf, expiresAt, body: serializeReading(reading, fields) })
    return { kind: 'reading', key, text, ttl }
  }
}

function toFailureResult(keys: Keys, error: UpstreamError): LeaseResult {
  const key = keys.ofValue('failure')
  const text = keys.values.sign(key, failureTtl, serializeFailure(error))
  return { kind: 'failure', key, text, ttl: failureTtl }
}
