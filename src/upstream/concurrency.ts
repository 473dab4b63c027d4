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
  /** What is to be done when the process ends before the work. */
  readonly #works = new Map<Promise<unknown>, () => void>()

  /** @param abandon called when the process ends before the work */
  add(work: Promise<unknown>, abandon: () => void): void {
    const end = () => this.#works.delete(ended)
    const ended: Promise<unknown> = work.then(end, end)
    this.#works.set(ended, abandon)
  }

  /** Waits until all of it has ended, but at most this many milliseconds. */
  async settle(clock: Clock, milliseconds: number): Promise<void> {
    const done = new AbortController()
    const timeout = clock.sleep(milliseconds, done.signal).catch(() => {})
    await Promise.race([Promise.all(this.#works.keys()), timeout])
    done.abort()
  }

  /** To be called when the process ends and the work does not. */
  abandon(): void {
    for (const abandon of this.#works.values()) abandon()
    this.#works.clear()
  }
}
