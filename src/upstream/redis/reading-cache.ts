import type { Logger } from 'pino'
import { z } from 'zod'
import type { CallOrigin } from '../call/context.ts'
import type { Clock } from '../clock.ts'
import { UpstreamError } from '../error.ts'
import type { Identity, SharedReading, SharedReadings, Wanted } from '../replicas.ts'
import type { Connection } from './connection.ts'
import { parseFailure, parseSlotEstimate } from './failure-text.ts'
import { keysOf } from './keys.ts'
import { Lease, leaseTime } from './lease.ts'
import { failureServes, type Make, makeWithLease } from './make-with-lease.ts'
import { begin, drop, recall } from './reading-scripts.ts'
import { parseReading } from './reading-text.ts'

const shortestPoll = 150
const longestPoll = 1_000

const answer = z.tuple([z.enum(['reading', 'failure', 'theirs', 'mine']), z.string()])

/** The readings that replicas make for each other through Redis. No reading fails because of Redis: then it is made here. */
export class RedisReadingCache implements SharedReadings {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #connection: Connection

  constructor(clock: Clock, log: Logger, connection: Connection) {
    this.#clock = clock
    this.#log = log
    this.#connection = connection
  }

  async recall(identity: Identity): Promise<SharedReading | null> {
    if (!(await this.#connection.isShared())) return null
    const key = keysOf(identity)('reading')
    const text = await this.#connection.run(recall, [key])
    return typeof text !== 'string' || text === '' ? null : this.#orDrop(key, parseReading(text, this.#clock.now()))
  }

  async once(wanted: Wanted, sender: CallOrigin, make: Make): Promise<SharedReading> {
    const keyOf = keysOf(wanted.identity)
    const [reading, failure, key] = [keyOf('reading'), keyOf('failure'), keyOf('lease')]
    while (await this.#connection.isShared()) {
      const lease = new Lease(this.#clock, this.#connection, key)
      const args = [wanted.since(), failureServes, leaseTime, lease.token]
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
  async #wait(text: string, sender: CallOrigin): Promise<void> {
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
