import type { Logger } from 'pino'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import type { HistoryStore } from '../upstream/history-store.ts'
import type { ExpectedChange, ListObserver, ObservedList, ObservedPlace } from '../upstream/list-observer.ts'
import { toNotes, withoutTexts } from './actor-notes.ts'
import { ChangeWriter } from './change-writer.ts'
import type { History } from './history.ts'
import { KnownBaselines } from './known-baselines.ts'
import { LastLists } from './last-lists.ts'
import { ListComparer } from './list-comparer.ts'
import { ListQueue } from './list-queue.ts'
import type { FollowedPlaces, RecordedPlaces } from './recorded-places.ts'
import { ThresholdRecorder } from './threshold-recorder.ts'
import { WakeTimer } from './wake-timer.ts'

/** Milliseconds that a shutdown waits. What is not recorded then is found after the next start. */
const longestShutdown = 2_000

const lostHistory =
  'the history of changes since lostSince was lost; it begins again with the next reading of each place'

/**
 * Records how the lists of places change, and when certificates cross a threshold. It works in the background, on one place
 * at a time. What it has not finished when the process ends is found by the next comparison.
 */
export class ChangeRecorder implements ListObserver {
  readonly #history: History
  readonly #store: HistoryStore
  readonly #clock: Clock
  readonly #baselines: KnownBaselines
  readonly #comparer: ListComparer
  readonly #thresholds: ThresholdRecorder
  readonly #queue: ListQueue
  readonly #timer: WakeTimer
  #places: FollowedPlaces | null = null
  /** The places with a list that this process has compared. */
  readonly #comparedPlaces = new Set<string>()
  /** Monotonic time at which the places of a configuration were followed first. */
  #startedAt = 0
  #isClosed = false

  constructor(
    history: History,
    { clock, log, timeSlice }: { readonly clock: Clock; readonly log: Logger; readonly timeSlice: TimeSlice },
  ) {
    const { store } = history
    const baselines = new KnownBaselines(store, {
      timeSlice,
      onLost: (since) => log.warn({ lostSince: new Date(since).toISOString() }, lostHistory),
    })
    const writer = new ChangeWriter(history, baselines, clock)
    const parts = { history, store, baselines, lists: new LastLists(store, timeSlice), writer, clock, timeSlice }
    this.#history = history
    this.#store = store
    this.#clock = clock
    this.#baselines = baselines
    this.#comparer = new ListComparer(parts)
    this.#thresholds = new ThresholdRecorder(parts)
    this.#queue = new ListQueue((error) => log.error({ err: error }, 'changes could not be recorded'))
    this.#timer = new WakeTimer(clock, {
      isShared: () => store.isShared,
      wake: () => this.#queue.add(() => this.#wake()),
    })
  }

  /** Follows the places of a configuration from now on. */
  use(places: RecordedPlaces): void {
    const isFirst = this.#places === null
    const since = this.#clock.elapsed()
    this.#places = { ...places, since }
    if (isFirst) this.#startedAt = since
    this.#queue.add(async () => {
      if (isFirst) await this.#history.update()
      await this.#wake()
    })
  }

  listRead(list: ObservedList): void {
    if (!this.#isClosed) this.#queue.addList(list, (last) => this.#compare(last))
  }

  async #compare(list: ObservedList): Promise<void> {
    const { historyKey } = list.place
    const places = this.#places
    if (!places?.isCurrent(list.place)) return
    await this.#thresholds.markPresence(historyKey, places)
    // Of a certificate that is gone, the thresholds that it crossed before come first. But after a start, it may have been gone
    // or renewed before it crossed them.
    if (this.#comparedPlaces.has(historyKey)) await this.#thresholds.record(historyKey, places)
    await this.#comparer.compare(list, places)
    this.#comparedPlaces.add(historyKey)
    await this.#thresholds.record(historyKey, places)
    this.#timer.setBy(this.#baselines.get(historyKey)?.next ?? Number.POSITIVE_INFINITY)
  }

  /** Records what has been crossed, in all places, and sets the timer for the next moment. */
  async #wake(): Promise<void> {
    if (this.#isClosed || !this.#places) return
    await this.#baselines.load()
    const next = await this.#thresholds.recordAll(this.#places, (place) => this.#awaitsList(place))
    await this.#history.removeOld()
    this.#timer.set(next)
  }

  /** Whether the first list of a place since the start comes soon: it says which certificates are still there. */
  #awaitsList(place: ObservedPlace): boolean {
    if (this.#comparedPlaces.has(place.historyKey)) return false
    if (this.#queue.isWaiting(place.historyKey)) return true
    return this.#clock.elapsed() < this.#startedAt + (this.#places?.readingWait(place) ?? 0)
  }

  async expect(changes: readonly ExpectedChange[], actor: string | null): Promise<void> {
    const now = this.#clock.now()
    for (const [place, ofPlace] of byPlace(changes)) await this.#store.setNotes(place, toNotes(ofPlace, { actor, now }))
  }

  async forget(changes: readonly ExpectedChange[]): Promise<void> {
    for (const [place, ofPlace] of byPlace(changes)) await this.#store.setNotes(place, withoutTexts(ofPlace))
  }

  /** Resolves when the lists that were read until now are compared. */
  settled(): Promise<void> {
    return this.#queue.settled()
  }

  /**
   * Reads the baselines of all processes, if it is another history than before, if one of these places has no baseline here,
   * or none has. False when they cannot be read.
   */
  load(places: Iterable<string>): Promise<boolean> {
    return this.#baselines.loadMissing(this.#history.bounds?.id ?? null, places)
  }

  /** When the lists of a place were recorded first; null when none was. */
  recordedSince(historyKey: string): number | null {
    return this.#baselines.get(historyKey)?.since ?? null
  }

  /** The places that have a baseline. */
  recorded(): readonly ObservedPlace[] {
    return this.#baselines.places()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer.close()
    const ended = new AbortController()
    const timeout = this.#clock.sleep(longestShutdown, ended.signal).catch(() => {})
    await Promise.race([this.settled(), timeout])
    ended.abort()
  }
}

function byPlace(changes: readonly ExpectedChange[]): ReadonlyMap<string, readonly ExpectedChange[]> {
  const places = new Map<string, ExpectedChange[]>()
  for (const change of changes) {
    places.set(change.historyKey, [...(places.get(change.historyKey) ?? []), change])
  }
  return places
}
