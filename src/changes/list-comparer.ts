import { thresholdsOf } from '../catalog/expiry.ts'
import type { TimeSlice } from '../time-slice.ts'
import { type Clock, maxSkew } from '../upstream/clock.ts'
import type { HistoryStore } from '../upstream/history-store.ts'
import type { ObservedList } from '../upstream/list-observer.ts'
import { type Baseline, type KeptBaseline, toEvaluationTime } from './baseline.ts'
import type { ChangeWriter } from './change-writer.ts'
import { compareLists, type FoundChange } from './compare-lists.ts'
import { ConvertedList, toCertificates } from './converted-list.ts'
import { findNextCrossing } from './crossings.ts'
import type { KnownBaselines } from './known-baselines.ts'
import { type LastList, type LastLists, toCompleted } from './last-lists.ts'
import { type ListText, toListText } from './list-text.ts'
import type { RecordedPlaces } from './recorded-places.ts'

/** How often a comparison is repeated because another process was first. */
const maxAttempts = 5

interface ComparerParts {
  readonly store: HistoryStore
  readonly baselines: KnownBaselines
  readonly lists: LastLists
  readonly writer: ChangeWriter
  readonly clock: Clock
  readonly timeSlice: TimeSlice
}

/** A list that becomes the baseline of its place. */
interface NewBaseline extends LastList {
  /** The version of the baseline before; 0 when there is none. */
  readonly version: number
  readonly since: number
  readonly evaluatedAt: number
  readonly thresholds: Baseline['thresholds']
  /** Null where the store has no lists. */
  readonly text: ListText | null
  readonly changes: readonly FoundChange[]
  readonly lastAsOf: number | null
}

/** Compares the lists of places with their baselines, and records the changes. */
export class ListComparer {
  readonly #parts: ComparerParts
  /** The places whose last list had a row twice and lacked another one. */
  readonly #doubtful = new Set<string>()

  constructor(parts: ComparerParts) {
    this.#parts = parts
  }

  async compare(list: ObservedList, places: RecordedPlaces): Promise<void> {
    if (!list.hasRepeats) this.#doubtful.delete(list.place.historyKey)
    const read = new ConvertedList(list, this.#parts.timeSlice)
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const stored = await this.#parts.baselines.read(list.place.historyKey)
      if (!stored) return
      const { version, baseline } = stored
      const isDone = baseline
        ? await this.#compareWith(baseline, read, places)
        : await this.#begin(read, places, version)
      if (isDone) return
    }
  }

  /** The first list of a place shows no change. */
  async #begin(read: ConvertedList, places: RecordedPlaces, version: number): Promise<boolean> {
    const now = this.#parts.clock.now()
    return this.#commit({
      list: read.list,
      completed: new Map(),
      version,
      since: now,
      evaluatedAt: now,
      thresholds: thresholdsOf(places.expiry, read.list.place.provider),
      text: this.#parts.store.keepsLists ? await read.text() : null,
      changes: [],
      lastAsOf: null,
    })
  }

  /** False when another process was first. */
  async #compareWith(baseline: KeptBaseline, read: ConvertedList, places: RecordedPlaces): Promise<boolean> {
    const { store, lists, clock, timeSlice } = this.#parts
    const { list } = read
    const { historyKey } = list.place
    // Null in what another version has written.
    const account = baseline.account ?? null
    const isOfAccount = account === list.account
    if (!isOfAccount && account !== null && places.isCurrent(list.place, account)) return true
    const now = clock.now()
    const last = lists.get(historyKey, baseline)
    const asOf = Math.max(baseline.asOf, last?.list.asOf ?? baseline.asOf)
    // A reading that began before the last one. After the clock was set back, the last one seems to be in the future; that of
    // another replica may be a little.
    if (list.asOf < asOf && asOf <= now + (store.isShared ? maxSkew : 0)) return true
    if (isOfAccount && (last ? await read.isSameAs(last.list) : await hasDigestOf(read, baseline))) {
      lists.set(historyKey, baseline, { list, completed: last?.completed ?? new Map() })
      return true
    }
    const known = await lists.read(historyKey, baseline)
    if (known === undefined) return true
    if (known === null) return this.#begin(read, places, baseline.version)
    const before = await toCertificates(known, timeSlice)
    const { version, since, thresholds, next } = baseline
    // A threshold that is crossed meanwhile is found by the next evaluation.
    const isDue = next !== null && next <= now
    const expiry = { ...baseline, evaluatedAt: isDue ? baseline.evaluatedAt : toEvaluationTime(baseline, now) }
    const compared = await compareLists(before, await read.certificates(), { at: now, expiry, timeSlice })
    const { changes, completed } = compared
    if (this.#isDoubtful(list, changes)) return true
    if (compared.isSame && isOfAccount) {
      lists.set(historyKey, baseline, { list, completed })
      return true
    }
    const toText = () => (completed.size === 0 ? read.text() : toListText(compared.list, timeSlice))
    return this.#commit({
      list,
      completed,
      version,
      since,
      evaluatedAt: expiry.evaluatedAt,
      thresholds,
      text: store.keepsLists ? await toText() : null,
      changes,
      lastAsOf: Math.min(asOf, list.asOf),
    })
  }

  /**
   * Whether a list lacks a certificate that may have moved to another page while it was read. Two such lists in a row are
   * believed: then the vendor has the row twice.
   */
  #isDoubtful({ place: { historyKey }, hasRepeats }: ObservedList, changes: readonly FoundChange[]): boolean {
    const wasDoubtful = this.#doubtful.delete(historyKey)
    if (wasDoubtful || !hasRepeats || !changes.some(({ kind }) => kind === 'VANISHED')) return false
    this.#doubtful.add(historyKey)
    return true
  }

  async #commit({ list, completed, version, text, changes, lastAsOf, ...rest }: NewBaseline): Promise<boolean> {
    const { lists, writer, timeSlice } = this.#parts
    const { place, account, asOf } = list
    const baseline: Baseline = {
      ...rest,
      provider: place.provider,
      placeId: place.id,
      placeVendorId: place.vendorId,
      account,
      asOf,
      digest: text?.digest ?? null,
      next: await findNextCrossing(toCompleted({ list, completed }), rest.thresholds, {
        after: rest.evaluatedAt,
        timeSlice,
      }),
    }
    const kept = await writer.write(place, { version, baseline, list: text?.text ?? null, changes, lastAsOf })
    if (kept) lists.set(place.historyKey, kept, { list, completed })
    return kept !== null
  }
}

async function hasDigestOf(read: ConvertedList, { digest }: Baseline): Promise<boolean> {
  return digest !== null && (await read.text()).digest === digest
}
