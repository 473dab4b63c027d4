import type { Clock } from './clock.ts'

/** Has works done one after another, each begun when the one before it has ended in whatever way. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

/** What has to come to its end before the program does, though nobody may wait for it any more. */
export class PendingWork {
  readonly #works = new Set<Promise<unknown>>()

  add(work: Promise<unknown>): void {
    const end = () => this.#works.delete(ended)
    const ended: Promise<unknown> = work.then(end, end)
    this.#works.add(ended)
  }

  /** Waits for all of it, but no longer than so many milliseconds. */
  async settle(clock: Clock, milliseconds: number): Promise<void> {
    const done = new AbortController()
    const patience = clock.sleep(milliseconds, done.signal).catch(() => {})
    await Promise.race([Promise.all(this.#works), patience])
    done.abort()
  }
}
