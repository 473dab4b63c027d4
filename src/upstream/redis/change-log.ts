import { randomUUID } from 'node:crypto'
import type { ChangeLog } from '../cache/change-log.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import { prelude } from './scripts.ts'

/** The change named under KEYS[1], or nothing. Whatever else stands there is cut short. */
const readName = `${prelude}
expect('string', KEYS[1])
return redis.call('GETRANGE', KEYS[1], 0, 63)
`

/** Names a change. KEYS: where. ARGV: its name, and for how long. */
const writeName = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`
/** The same where none is named: a Redis that was started anew knows nothing. */
const remindOfName = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')`

/** The changes that any replica makes, by the name of the last one. Without Redis each knows of its own, and tells of it later. */
export class RedisChangeLog implements ChangeLog, ConnectionListener {
  readonly #connection: RedisConnection
  readonly #key: string
  readonly #keep: number
  #count = 0
  #last: string | null = null
  #isTold = true

  /** @param keep how long a reading may serve at the most, in milliseconds */
  constructor(connection: RedisConnection, keyOf: (part: string) => string, keep: number) {
    this.#connection = connection
    this.#key = keyOf('change')
    this.#keep = Math.max(1, Math.ceil(keep))
    connection.addListener(this)
  }

  get count(): number {
    return this.#count
  }

  get latestKnown(): string | null {
    return this.#last
  }

  async latest(): Promise<string | null> {
    const named = (await this.#connection.isShared()) && (await this.#connection.run(readName, [this.#key]))
    if (named === '') await this.#remind()
    else if (typeof named === 'string' && this.#isTold) this.#last = named
    return this.#last
  }

  async record(): Promise<void> {
    this.#count += 1
    this.#last = randomUUID()
    this.#isTold = false
    await this.#connection.isShared()
    await this.#tell()
  }

  onLost(): void {}

  onRestored(): void {
    void (this.#isTold ? this.#remind() : this.#tell())
  }

  async #remind(): Promise<void> {
    if (this.#last !== null) await this.#connection.run(remindOfName, [this.#key], [this.#last, this.#keep])
  }

  async #tell(): Promise<void> {
    this.#isTold = false
    const name = this.#last ?? ''
    const told = await this.#connection.run(writeName, [this.#key], [name, this.#keep])
    // Another change may have come meanwhile, which is not told by this.
    if (name === this.#last) this.#isTold = told !== undefined
  }
}
