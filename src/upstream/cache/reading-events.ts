import { Listeners } from '../../listeners.ts'

/**
 * Reports by the key of a reading that what is kept of it has changed: it was made again, taken over from another replica or
 * evicted, an attempt to make it has failed, or the time of the next attempt is another one. Time alone is not reported.
 */
export class ReadingEvents {
  readonly #listeners = new Map<string, Listeners>()

  /** Returns a function that ends the subscription. */
  subscribe(key: string, listener: () => void): () => void {
    const ofKey = this.#listeners.get(key) ?? new Listeners()
    this.#listeners.set(key, ofKey)
    const unsubscribe = ofKey.subscribe(listener)
    return () => {
      unsubscribe()
      if (ofKey.size === 0 && this.#listeners.get(key) === ofKey) this.#listeners.delete(key)
    }
  }

  publish(key: string): void {
    this.#listeners.get(key)?.notify()
  }
}
