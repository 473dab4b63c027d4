import { LRUCache } from 'lru-cache'
import type { Clock } from '../upstream/clock.ts'
import type { HistoryBounds } from '../upstream/history-store.ts'
import type { KeptChange } from './change-text.ts'
import { batch, type KnownHistory } from './known-history.ts'

/** Batches that are kept for other followers. */
const maxRead = 8
/** Milliseconds until a follower looks for the changes of other processes. */
const pollInterval = 1_000

/** Changes in their order, and the sequence of the last one. */
interface ReadChanges {
  readonly last: number
  readonly changes: readonly KeptChange[]
}

/** Follows a history: from any change on, and then as changes are recorded. */
export class FollowedChanges {
  readonly #known: KnownHistory
  readonly #clock: Clock
  /** What followers have read last, by the sequence that it begins with. */
  readonly #read = new LRUCache<number, { readonly bounds: HistoryBounds; readonly read: Promise<ReadChanges | null> }>(
    { max: maxRead },
  )

  constructor(known: KnownHistory, clock: Clock) {
    this.#known = known
    this.#clock = clock
  }

  /** The changes after a sequence, and then those that are recorded, until the signal aborts. */
  async *follow(after: number, signal: AbortSignal): AsyncIterable<readonly KeptChange[]> {
    let [sequence, history] = [after, await this.#historyId()]
    while (!signal.aborted) {
      const woken = this.#waitForChange(signal)
      try {
        const id = await this.#historyId()
        // In a new history, the sequences begin again.
        if (history !== null && id !== null && id !== history) sequence = 0
        history = id ?? history
        for (;;) {
          const found = await this.#readFrom(sequence + 1)
          if (!found || signal.aborted) break
          sequence = found.last
          yield found.changes
        }
        await woken.promise
      } finally {
        woken.end()
      }
    }
  }

  /** Changes beginning with this sequence; null when there are none. Followers that have come equally far share them. */
  async #readFrom(from: number): Promise<ReadChanges | null> {
    const { bounds, store } = this.#known
    if (!bounds || from > bounds.last) return null
    const known = this.#read.get(from)
    if (known?.bounds === bounds) return known.read
    const read = store.changes(from, batch).then((found) => {
      const last = found?.at(-1)?.sequence
      // Changes that cannot be read now may be read later.
      if (!found || last === undefined) this.#read.delete(from)
      return !found || last === undefined
        ? null
        : { last, changes: found.flatMap((change) => this.#known.parse(change) ?? []) }
    })
    this.#read.set(from, { bounds, read })
    return read
  }

  async #historyId(): Promise<string | null> {
    await this.#known.update()
    return this.#known.bounds?.id ?? null
  }

  /** Waits for a change that this process records, or the time to look for those of others. */
  #waitForChange(signal: AbortSignal): { readonly promise: Promise<void>; end(): void } {
    let end = () => {}
    const promise = new Promise<void>((resolve) => {
      const unsubscribe = this.#known.subscribe(resolve)
      const cancel = this.#known.store.isShared ? this.#clock.timer(pollInterval, resolve) : () => {}
      const abort = () => resolve()
      signal.addEventListener('abort', abort)
      end = () => {
        unsubscribe()
        cancel()
        signal.removeEventListener('abort', abort)
      }
    })
    return { promise, end }
  }
}
