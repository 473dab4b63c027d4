import type { ObservedList } from '../upstream/list-observer.ts'

/** Work that is done in the background, one piece after another, such as the comparison of lists. */
export class ListQueue {
  readonly #onError: (error: unknown) => void
  /** The lists that were read and are not compared yet, by place. */
  readonly #waiting = new Map<string, ObservedList>()
  #work: Promise<void> = Promise.resolve()

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(this.#onError)
  }

  /** Adds a list, in place of one of the same place that still waits. */
  addList(list: ObservedList, compare: (last: ObservedList) => Promise<void>): void {
    const { historyKey } = list.place
    const isWaiting = this.#waiting.has(historyKey)
    this.#waiting.set(historyKey, list)
    if (isWaiting) return
    this.add(async () => {
      const last = this.#waiting.get(historyKey)
      this.#waiting.delete(historyKey)
      if (last) await compare(last)
    })
  }

  /** Resolves when all that was added until now is done. */
  settled(): Promise<void> {
    return this.#work
  }
}
