/** Begins to call a function on each change. Returns a function that ends this. */
export type Subscribe = (listener: () => void) => () => void

/** The functions that are called when one thing changes. */
export class Listeners {
  readonly #listeners = new Set<() => void>()

  get size(): number {
    return this.#listeners.size
  }

  readonly subscribe: Subscribe = (listener) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  readonly notify = (): void => {
    for (const listener of this.#listeners) listener()
  }
}
