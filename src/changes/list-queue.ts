import type { ObservedList } from '../upstream/list-observer.ts'

/** Work that is done in the background, one piece after another, such as the comparison of lists. */
export class ListQueue {
  readonly #onError: (error: unknown) => void
  /** The lists that were read and are not compared yet, by place and account. */
  readonly #waiting = new Map<string, ObservedList>()
  #work: Promise<void> = Promise.resolve()

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(this.#onError)
  }

  /** Adds a list, in place of one of the same place and account that still waits. */
  addList(list: ObservedList, compare: (last: ObservedList) => Promise<void>): void {
    const key = `${list.place.historyKey} ${list.account}`
    const isWaiting = this.#waiting.has(key)
    this.#waiting.set(key, list)
    if (isWaiting) return
    this.add(async () => {
      const last = this.#waiting.get(key)
      this.#waiting.delete(key)
      if (last) await compare(last)
    })
  }

  /** Whether a list of a place waits to be compared. */
  isWaiting(historyKey: string): boolean {
    return [...this.#waiting.values()].some(({ place }) => place.historyKey === historyKey)
  }

  /** Resolves when all that was added until now is done. */
  settled(): Promise<void> {
    return this.#work
  }
}
