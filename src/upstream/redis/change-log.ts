import { randomUUID } from 'node:crypto'
import type { ChangeLog } from '../cache/change-log.ts'
import type { Clock } from '../clock.ts'
import { readChange, replaceChange } from './change-scripts.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import type { Keys } from './keys.ts'

/** A change, and its place in the order of changes. */
interface Change {
  readonly id: string
  /** Wall-clock time, and later than that of every change that was known when it was recorded. */
  readonly asOf: number
}

/** How often a replica that publishes a change gives way to another one that does the same. */
const maxAttempts = 5

/**
 * The change log that replicas share. Without Redis, a replica records its own changes and publishes the last one later. A
 * replica does not go back: it replaces an older change, an invalid one, or none by the last one that it has seen.
 */
export class RedisChangeLog implements ChangeLog, ConnectionListener {
  readonly isShared = true
  readonly #clock: Clock
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #key: string
  readonly #maxAge: number
  #count = 0
  #latest: Change | null = null
  #isPublished = true
  /** The last change that was known to be in Redis. */
  #shared: Change | null = null
  #following: Promise<unknown> | null = null

  /** @param maxAge the longest time that a reading is used, in milliseconds */
  constructor(clock: Clock, connection: RedisConnection, keys: Keys, maxAge: number) {
    this.#clock = clock
    this.#connection = connection
    this.#keys = keys
    this.#key = keys.ofValue('change')
    this.#maxAge = Math.max(1, Math.ceil(maxAge))
    connection.addListener(this)
  }

  get count(): number {
    return this.#count
  }

  get latestKnown(): string | null {
    return this.#latest?.id ?? null
  }

  async latest(): Promise<string | null> {
    const text = (await this.#connection.isShared()) && (await this.#connection.run(readChange, [this.#key]))
    if (typeof text === 'string' && this.#isPublished) await this.#follow(text)
    return this.latestKnown
  }

  follow(): void {
    this.#following ??= this.latest().finally(() => {
      this.#following = null
    })
  }

  async record(): Promise<void> {
    this.#count += 1
    this.#latest = { id: randomUUID(), asOf: Math.max(this.#clock.now(), (this.#latest?.asOf ?? 0) + 1) }
    this.#isPublished = false
    await this.#connection.isShared()
    await this.#publish()
  }

  onLost(): void {}

  onRestored(): void {
    void (this.#isPublished ? this.#restore() : this.#publish())
  }

  /** Takes over the change in Redis, unless it is older than the last one that was seen. */
  async #follow(text: string): Promise<void> {
    const found = this.#parse(text)
    const isNew = found && found.asOf >= (this.#latest?.asOf ?? 0)
    if (isNew) {
      this.#latest = found
      this.#shared = found
    } else await this.#restore(text)
  }

  /** Writes the last change again: Redis was restarted, or its value was replaced. */
  async #restore(text = ''): Promise<void> {
    if (this.#latest !== null) await this.#replace(text, this.#latest)
  }

  async #publish(): Promise<void> {
    this.#isPublished = false
    let expected = this.#shared ? this.#toText(this.#shared) : ''
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const change = this.#latest
      if (!change) return
      const current = await this.#replace(expected, change)
      // Another change may have been recorded since, which this has not published.
      if (current === undefined || change !== this.#latest) return
      if (current === this.#toText(change)) {
        this.#isPublished = true
        this.#shared = change
        return
      }
      const found = this.#parse(current)
      if (found) this.#latest = this.#after(change, found)
      expected = current
    }
  }

  /**
   * The change that replaces the one in Redis. It gets a new id if another replica has made a change that this one had not
   * seen: readings that were made after this change may have been made before the other one.
   */
  #after({ id, asOf }: Change, found: Change): Change {
    const isUnseen = found.id !== id && found.id !== this.#shared?.id
    this.#shared = found
    return { id: isUnseen ? randomUUID() : id, asOf: Math.max(asOf, found.asOf + 1) }
  }

  /** Returns the text that is in Redis then; undefined when Redis is lost. */
  async #replace(expected: string, change: Change): Promise<string | undefined> {
    const ttl = change.asOf + this.#maxAge - this.#clock.now()
    if (ttl <= 0) return expected
    const text = this.#toText(change)
    const current = await this.#connection.run(replaceChange, [this.#key], [expected, text, Math.ceil(ttl)])
    return typeof current === 'string' ? current : undefined
  }

  /** The same change always has the same text. */
  #toText({ id, asOf }: Change): string {
    return this.#keys.values.signAsOf(this.#key, { asOf, expiresAt: asOf + this.#maxAge, body: id })
  }

  #parse(text: string): Change | null {
    const value = this.#keys.values.verifyCurrent(this.#key, text)
    return value && { id: value.body, asOf: value.asOf }
  }
}
