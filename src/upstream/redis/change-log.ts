import { randomUUID } from 'node:crypto'
import type { ChangeLog } from '../cache/change-log.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import { readChange, writeChange, writeChangeIfAbsent } from './scripts.ts'

/** The change log that replicas share. Without Redis, a replica records its own changes and publishes the last one later. */
export class RedisChangeLog implements ChangeLog, ConnectionListener {
  readonly #connection: RedisConnection
  readonly #key: string
  readonly #maxAge: number
  #count = 0
  #latest: string | null = null
  #isPublished = true
  #following: Promise<unknown> | null = null

  /** @param maxAge the longest time that a reading is used, in milliseconds */
  constructor(connection: RedisConnection, keyOf: (part: string) => string, maxAge: number) {
    this.#connection = connection
    this.#key = keyOf('change')
    this.#maxAge = Math.max(1, Math.ceil(maxAge))
    connection.addListener(this)
  }

  get count(): number {
    return this.#count
  }

  get latestKnown(): string | null {
    return this.#latest
  }

  async latest(): Promise<string | null> {
    const id = (await this.#connection.isShared()) && (await this.#connection.run(readChange, [this.#key]))
    if (id === '') await this.#restore()
    else if (typeof id === 'string' && this.#isPublished) this.#latest = id
    return this.#latest
  }

  follow(): void {
    this.#following ??= this.latest().finally(() => {
      this.#following = null
    })
  }

  async record(): Promise<void> {
    this.#count += 1
    this.#latest = randomUUID()
    this.#isPublished = false
    await this.#connection.isShared()
    await this.#publish()
  }

  onLost(): void {}

  onRestored(): void {
    void (this.#isPublished ? this.#restore() : this.#publish())
  }

  /** A Redis that was restarted has lost the id. */
  async #restore(): Promise<void> {
    if (this.#latest !== null)
      await this.#connection.run(writeChangeIfAbsent, [this.#key], [this.#latest, this.#maxAge])
  }

  async #publish(): Promise<void> {
    this.#isPublished = false
    const id = this.#latest ?? ''
    const written = await this.#connection.run(writeChange, [this.#key], [id, this.#maxAge])
    // Another change may have been recorded since, which this has not published.
    if (id === this.#latest) this.#isPublished = written !== undefined
  }
}
