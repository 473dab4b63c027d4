import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { CallOptions, SlotEstimate } from '../call/context.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { Identity, SharedReading, SharedReadingCache, SharedReadingRequest } from '../replicas.ts'
import type { RedisConnection } from './connection.ts'
import { keysOf } from './keys.ts'
import { begin, drop, finish, longestText, recall, renew } from './scripts.ts'
import {
  parseFailure,
  parseReading,
  parseSlotEstimate,
  serializeFailure,
  serializeReading,
  serializeSlotEstimate,
} from './serialization.ts'

const shortestPoll = 150
const longestPoll = 1_000

const answer = z.tuple([z.enum(['reading', 'failure', 'theirs', 'mine']), z.string()])

/** The readings that replicas make for each other through Redis. No reading fails because of Redis: then it is made here. */
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
    const text = await this.#connection.run(recall, [key])
    return typeof text !== 'string' || text === '' ? null : this.#orDrop(key, parseReading(text, this.#clock.now()))
  }

  async getOrMake(wanted: SharedReadingRequest, sender: CallOptions, make: Make): Promise<SharedReading> {
    const keyOf = keysOf(wanted.identity)
    const [reading, failure, key] = [keyOf('reading'), keyOf('failure'), keyOf('lease')]
    while (await this.#connection.isShared()) {
      const lease = new Lease(this.#clock, this.#connection, key)
      const args = [wanted.startedAfter(), failureServes, leaseTime, lease.token]
      const { data } = answer.safeParse(await this.#connection.run(begin, [reading, failure, key], args))
      if (!data) break
      const [found, text] = data
      if (found === 'mine') return makeWithLease(lease, wanted, sender, make)
      if (found === 'theirs') await this.#wait(text, sender)
      if (found === 'reading') {
        const theirs = await this.#orDrop(reading, parseReading(text, this.#clock.now()))
        if (theirs) return theirs
      }
      if (found === 'failure') {
        const error = await this.#orDrop(failure, parseFailure(text))
        if (error) throw error
      }
    }
    return make(sender)
  }

  /** Waits a little for another replica, which may itself wait for a turn. */
  async #wait(text: string, sender: CallOptions): Promise<void> {
    const now = this.#clock.now()
    const turn = parseSlotEstimate(text, () => this.#clock.now())
    const error = () => new UpstreamError('UPSTREAM_TIMEOUT', 'another replica is still reading this')
    sender.onQueued(turn ?? { at: now, error })
    const untilTurn = turn ? (turn.at - now) / 2 : 0
    await this.#clock.sleep(Math.min(Math.max(shortestPoll, untilTurn), longestPoll), sender.signal)
  }

  /** What could be read under a key. What could not is of no use to anybody. */
  async #orDrop<Value>(key: string, value: Value | null): Promise<Value | null> {
    if (value !== null) return value
    this.#log.warn('what another replica left in Redis cannot be used and is dropped')
    await this.#connection.run(drop, [key])
    return null
  }
}

export type Make = (sender: CallOptions) => Promise<SharedReading>

/** A vendor that is down is asked once in this time, and not once by every replica. */
const failureServes = 5_000
/** A reading stays for as long as somebody who waits for it may be about to look. */
const shortestKeep = 10_000

/** Makes a reading for all replicas, under a lease that is given back with what came of it. */
async function makeWithLease(
  lease: Lease,
  wanted: SharedReadingRequest,
  sender: CallOptions,
  make: Make,
): Promise<SharedReading> {
  const keyOf = keysOf(wanted.identity)
  let outcome: Outcome | undefined
  lease.startRenewing()
  try {
    const reading = await make({
      ...sender,
      onQueued(turn) {
        lease.slot = turn
        sender.onQueued(turn)
      },
    })
    const text = serializeReading(reading, wanted.fields)
    const milliseconds = Math.max(shortestKeep, Math.ceil(wanted.maxAge))
    if (text.length <= longestText) outcome = { key: keyOf('reading'), text, milliseconds }
    return reading
  } catch (error) {
    if (error instanceof UpstreamError)
      outcome = { key: keyOf('failure'), text: serializeFailure(error), milliseconds: failureServes }
    throw error
  } finally {
    // Nobody here waits for Redis to have it.
    void lease.release(outcome)
  }
}

/** How long a reading is left to a replica that gives no sign of life. */
const leaseTime = 5_000

const betweenSigns = 500

/** What is kept when a lease is given back. */
interface Outcome {
  readonly key: string
  readonly text: string
  readonly milliseconds: number
}

/** The right to make a reading for all replicas. It is kept up until it is given back; who dies loses it soon. */
class Lease {
  readonly token = randomUUID()
  /** When its reading's next call may be made, if that has to wait: others wait for it too. */
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
    this.#giveSigns().catch(() => {})
  }

  async release(outcome?: Outcome): Promise<void> {
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
        [this.token, leaseTime, this.slot ? serializeSlotEstimate(this.slot) : ''],
      )
    }
  }
}
