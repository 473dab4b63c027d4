import type { TimeSlice } from '../time-slice.ts'
import type { HistoryStore } from '../upstream/history-store.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import { type KeptBaseline, parseHead, toPlace } from './baseline.ts'

/** What the store has of a place. */
interface StoredBaseline {
  /** 0 before the first one. */
  readonly version: number
  /** Null when there is none, or another program wrote it. */
  readonly baseline: KeptBaseline | null
}

interface BaselineOptions {
  readonly timeSlice: TimeSlice
  /** Called when the store has lost baselines. `since`: when the first of these lists was recorded. */
  onLost(since: number): void
}

/**
 * The baselines of all places, as far as this process has seen. What the store does not have any more is dropped: how far back
 * the history goes is what the store says.
 */
export class KnownBaselines {
  readonly #store: HistoryStore
  readonly #options: BaselineOptions
  readonly #known = new Map<string, KeptBaseline>()
  #isLoaded = false
  /** The id of the history that they were read from. */
  #historyId: string | null = null

  constructor(store: HistoryStore, options: BaselineOptions) {
    this.#store = store
    this.#options = options
  }

  /** Reads the baselines of all processes, and those from before the start. False when they cannot be read. */
  async load(): Promise<boolean> {
    if (this.#isLoaded && !this.#store.isShared) return true
    const { timeSlice, onLost } = this.#options
    const before = [...this.#known]
    const heads = await this.#store.heads()
    if (!heads) return false
    for (const [historyKey, head] of heads) {
      if (timeSlice.isOver()) await timeSlice.next()
      const baseline = parseHead(head)
      if (baseline) this.#known.set(historyKey, baseline)
    }
    let lostSince = Number.POSITIVE_INFINITY
    for (const [historyKey, baseline] of before) {
      if (!heads.has(historyKey) && this.#known.get(historyKey) === baseline) this.#known.delete(historyKey)
      // Another process has begun a new one.
      const since = this.#known.get(historyKey)?.since ?? Number.POSITIVE_INFINITY
      if (since > baseline.since) lostSince = Math.min(lostSince, baseline.since)
    }
    this.#isLoaded = true
    if (lostSince < Number.POSITIVE_INFINITY) onLost(lostSince)
    return true
  }

  /** The same, if it is another history than before, if one of these places has no baseline here, or if no place has. */
  async loadMissing(historyId: string | null, places: Iterable<string>): Promise<boolean> {
    if (!this.#store.isShared) return true
    const isMissing = [...places].some((historyKey) => !this.#known.has(historyKey))
    if (this.#historyId === historyId && !isMissing && this.#known.size > 0) return true
    const isLoaded = await this.load()
    if (isLoaded) this.#historyId = historyId
    return isLoaded
  }

  /** What the store has of a place now. Null when it cannot be read. */
  async read(historyKey: string): Promise<StoredBaseline | null> {
    const head = await this.#store.head(historyKey)
    if (head === undefined) return null
    const baseline = head && parseHead(head)
    const known = this.#known.get(historyKey)
    if (known && known.since !== baseline?.since) await this.load()
    if (baseline) this.#known.set(historyKey, baseline)
    return { version: head?.version ?? 0, baseline }
  }

  set(historyKey: string, baseline: KeptBaseline): void {
    this.#known.set(historyKey, baseline)
  }

  get(historyKey: string): KeptBaseline | null {
    return this.#known.get(historyKey) ?? null
  }

  entries(): Iterable<readonly [historyKey: string, KeptBaseline]> {
    return this.#known
  }

  /** The places that have a baseline. */
  places(): readonly ObservedPlace[] {
    return [...this.#known].map(([historyKey, baseline]) => toPlace(historyKey, baseline))
  }
}
