import { LRUCache } from 'lru-cache'
import { type KeptTexts, maxKeptText, type TextBounds } from '../kept-texts.ts'
import type { ConnectionListener, RedisConnection } from './connection.ts'
import type { Keys } from './keys.ts'
import { getText, removeText, setText } from './text-scripts.ts'

/** Texts that wait in memory while Redis is lost. */
const maxWaiting = 10_000

/** A change to a text; null removes it. */
interface Change {
  readonly text: string | null
}

/** The texts of one kind that replicas keep in Redis. While Redis is lost, changes wait in this process. */
export class RedisTexts implements KeptTexts, ConnectionListener {
  readonly isKept = true
  readonly #connection: RedisConnection
  readonly #keys: Keys
  readonly #bounds: TextBounds
  readonly #names: readonly [texts: string, order: string]
  readonly #waiting = new LRUCache<string, Change>({ max: maxWaiting })

  constructor(connection: RedisConnection, keys: Keys, kind: string, bounds: TextBounds) {
    this.#connection = connection
    this.#keys = keys
    this.#bounds = bounds
    this.#names = [keys.ofValue(`texts:${kind}`), keys.ofValue(`texts:${kind}:order`)]
    connection.addListener(this)
  }

  async get(key: string): Promise<string | null> {
    const waiting = this.#waiting.get(key)
    if (waiting) return waiting.text
    if (!(await this.#connection.isShared())) return null
    const text = await this.#connection.run(getText, this.#names, [key])
    if (typeof text !== 'string' || text === '') return null
    const value = this.#keys.values.verifyCurrent(this.#nameOf(key), text)
    if (!value) await this.#connection.run(removeText, this.#names, [key, text])
    return value?.body ?? null
  }

  set(key: string, text: string): Promise<void> {
    return text.length > maxKeptText ? this.remove(key) : this.#change(key, { text })
  }

  remove(key: string): Promise<void> {
    return this.#change(key, { text: null })
  }

  onLost(): void {}

  onRestored(): void {
    for (const [key, change] of [...this.#waiting.entries()].reverse()) void this.#publish(key, change)
  }

  async #change(key: string, change: Change): Promise<void> {
    this.#waiting.set(key, change)
    if (await this.#connection.isShared()) await this.#publish(key, change)
  }

  async #publish(key: string, change: Change): Promise<void> {
    const isDone = (await this.#run(key, change)) !== undefined
    if (isDone && this.#waiting.peek(key) === change) this.#waiting.delete(key)
  }

  #run(key: string, { text }: Change): Promise<unknown> {
    if (text === null) return this.#connection.run(removeText, this.#names, [key])
    const { maxCount, maxAge } = this.#bounds
    const signed = this.#keys.values.signUndated(this.#nameOf(key), maxAge, text)
    return this.#connection.run(setText, this.#names, [key, signed, maxCount, maxAge])
  }

  /** What the signature covers. */
  #nameOf(key: string): string {
    return `${this.#names[0]}:${key}`
  }
}
