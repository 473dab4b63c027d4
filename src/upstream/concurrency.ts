import type { Clock } from './clock.ts'

/** Runs works one after another. A work starts when the one before it has succeeded or failed. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

/** Work that has to end before the process does, although its operation may have ended. */
export class PendingWork {
  readonly #works = new Set<Promise<unknown>>()

  add(work: Promise<unknown>): void {
    const end = () => this.#works.delete(ended)
    const ended: Promise<unknown> = work.then(end, end)
    this.#works.add(ended)
  }

  /** Waits until all of it has ended, but at most this many milliseconds. */
  async settle(clock: Clock, milliseconds: number): Promise<void> {
    const done = new AbortController()
    const timeout = clock.sleep(milliseconds, done.signal).catch(() => {})
    await Promise.race([Promise.all(this.#works), timeout])
    done.abort()
  }
}
