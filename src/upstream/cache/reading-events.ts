/**
 * Reports by the key of a reading that what is kept of it has changed: it was made again, taken over from another replica or
 * evicted, or an attempt to make it has failed. Time alone is not reported.
 */
export class ReadingEvents {
  readonly #listeners = new Map<string, Set<() => void>>()

  /** Returns a function that ends the subscription. */
  subscribe(key: string, listener: () => void): () => void {
    const ofKey = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, ofKey.add(listener))
    return () => {
      ofKey.delete(listener)
      if (ofKey.size === 0 && this.#listeners.get(key) === ofKey) this.#listeners.delete(key)
    }
  }

  publish(key: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener()
  }
}
