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

/** The baselines of all places, as far as this process has seen. */
export class KnownBaselines {
  readonly #store: HistoryStore
  readonly #timeSlice: TimeSlice
  readonly #known = new Map<string, KeptBaseline>()
  #isLoaded = false

  constructor(store: HistoryStore, timeSlice: TimeSlice) {
    this.#store = store
    this.#timeSlice = timeSlice
  }

  /** Reads the baselines that other processes have made, and once those from before the start. False when they cannot be read. */
  async load(): Promise<boolean> {
    if (this.#isLoaded && !this.#store.isShared) return true
    const heads = await this.#store.heads()
    if (!heads) return false
    for (const [historyKey, head] of heads) {
      if (this.#timeSlice.isOver()) await this.#timeSlice.next()
      const known = this.#known.get(historyKey)
      const baseline = known?.version === head.version ? known : parseHead(head)
      if (baseline) this.#known.set(historyKey, baseline)
    }
    this.#isLoaded = true
    return true
  }

  /** The same, if one of these places has no baseline here, or no place has. */
  async loadMissing(places: Iterable<string>): Promise<boolean> {
    if (!this.#store.isShared) return true
    const isMissing = [...places].some((historyKey) => !this.#known.has(historyKey))
    return isMissing || this.#known.size === 0 ? this.load() : true
  }

  /** What the store has of a place now. Null when it cannot be read. */
  async read(historyKey: string): Promise<StoredBaseline | null> {
    const head = await this.#store.head(historyKey)
    if (head === undefined) return null
    const baseline = head && parseHead(head)
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
