import type { Clock } from '../upstream/clock.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import { attribute } from './actor-notes.ts'
import { type Baseline, type KeptBaseline, toHeadText } from './baseline.ts'
import { toChangeText } from './change-text.ts'
import type { FoundChange } from './compare-lists.ts'
import type { History } from './history.ts'
import type { KnownBaselines } from './known-baselines.ts'

/** What is written in one transaction. */
interface Write {
  /** The version of the baseline that this one replaces; 0 when there is none. */
  readonly version: number
  readonly baseline: Baseline
  /** The text of the list; null for the one before, and where the store has no lists. */
  readonly list: string | null
  readonly changes: readonly FoundChange[]
  /** The time of the last list that did not show the changes; null where no mutation makes them. */
  readonly lastAsOf?: number | null
}

/** Writes baselines and the changes that were found against those before. */
export class ChangeWriter {
  readonly #history: History
  readonly #baselines: KnownBaselines
  readonly #clock: Clock

  constructor(history: History, baselines: KnownBaselines, clock: Clock) {
    this.#history = history
    this.#baselines = baselines
    this.#clock = clock
  }

  /** The baseline as it is kept. Null when another process was first. */
  async write(
    place: ObservedPlace,
    { version, baseline, list, changes, lastAsOf = null }: Write,
  ): Promise<KeptBaseline | null> {
    const { historyKey } = place
    const { actors, usedNotes } = await this.#attribute(historyKey, changes, lastAsOf)
    const isCommitted = await this.#history.commit({
      place: historyKey,
      version,
      head: toHeadText(baseline),
      list,
      usedNotes,
      changes: changes.map((change, index) =>
        toChangeText({
          ...change,
          historyKey,
          provider: place.provider,
          placeId: place.id,
          placeVendorId: place.vendorId,
          actor: actors[index] ?? null,
        }),
      ),
    })
    if (!isCommitted) return null
    const kept = { ...baseline, version: version + 1 }
    this.#baselines.set(historyKey, kept)
    return kept
  }

  async #attribute(historyKey: string, changes: readonly FoundChange[], lastAsOf: number | null) {
    if (lastAsOf === null || changes.length === 0) return { actors: [], usedNotes: [] }
    const notes = await this.#history.store.notes(historyKey)
    return attribute(changes, notes, { now: this.#clock.now(), lastAsOf })
  }
}
