import { thresholdsOf } from '../catalog/expiry.ts'
import type { TimeSlice } from '../time-slice.ts'
import { type Clock, toWallTime } from '../upstream/clock.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import {
  type Baseline,
  isAhead,
  type KeptBaseline,
  toEvaluationTime,
  toPlace,
  toPresent,
  toThresholdsText,
} from './baseline.ts'
import type { ChangeWriter } from './change-writer.ts'
import type { FoundChange } from './compare-lists.ts'
import { findCrossed, findNextCrossing } from './crossings.ts'
import type { History } from './history.ts'
import type { KnownBaselines } from './known-baselines.ts'
import type { LastLists } from './last-lists.ts'
import { withoutRecorded } from './recorded-crossings.ts'
import type { FollowedPlaces, RecordedPlaces } from './recorded-places.ts'

/** Milliseconds until a crossed threshold that could not be recorded is tried again. */
const retryInterval = 60_000
/** Milliseconds until a place is looked at again whose first list is awaited. */
const listInterval = 5_000
/** Milliseconds until a place is looked at again that is not configured or discovered now. */
const absentInterval = 3_600_000

interface ThresholdParts {
  readonly history: History
  readonly baselines: KnownBaselines
  readonly lists: LastLists
  readonly writer: ChangeWriter
  readonly clock: Clock
  readonly timeSlice: TimeSlice
}

/** Records when certificates cross a threshold: it needs no reading, only the dates in the last list. */
export class ThresholdRecorder {
  readonly #parts: ThresholdParts

  /** The places that are not configured or discovered, as far as this process has noticed. */
  readonly #absent = new Set<string>()

  constructor(parts: ThresholdParts) {
    this.#parts = parts
  }

  /**
   * Records what has been crossed in all places, besides those whose list is awaited. Returns when it has to be done again:
   * `Infinity` when nothing is crossed.
   */
  async recordAll(places: FollowedPlaces, awaitsList: (place: ObservedPlace) => boolean): Promise<number> {
    const { baselines, clock, timeSlice } = this.#parts
    const now = clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const [historyKey, before] of baselines.entries()) {
      if (timeSlice.isOver()) await timeSlice.next()
      const isMarked = await this.markPresence(historyKey, places)
      const baseline = baselines.get(historyKey) ?? before
      const place = toPlace(historyKey, baseline)
      if (!places.isCurrent(place)) {
        if (baseline.next !== null) next = Math.min(next, now + absentInterval)
        continue
      }
      if (this.#isDue(baseline, places) && awaitsList(place)) next = Math.min(next, now + listInterval)
      else if (!isMarked || !(await this.record(historyKey, places))) next = Math.min(next, now + retryInterval)
      const at = baselines.get(historyKey)?.next ?? null
      if (at !== null && at > now) next = Math.min(next, at)
    }
    return next
  }

  /**
   * Marks a place that is not configured or discovered any more. When it is again, what was crossed meanwhile is no change,
   * unless it was there all the time: another process has another configuration. False when another process was first.
   */
  async markPresence(historyKey: string, places: FollowedPlaces): Promise<boolean> {
    const { baselines, lists, clock, timeSlice } = this.#parts
    if (!(await this.#correct(historyKey))) return false
    const seen = baselines.get(historyKey)
    if (!seen) return true
    const isCurrent = places.isCurrent(toPlace(historyKey, seen))
    const wasAbsentHere = this.#absent.has(historyKey)
    if (isCurrent) this.#absent.delete(historyKey)
    else this.#absent.add(historyKey)
    if (isCurrent === isPresent(seen)) return true
    const baseline = (await baselines.read(historyKey))?.baseline
    if (!baseline || isCurrent === isPresent(baseline)) return true
    const now = toEvaluationTime(baseline, clock.now())
    if (!isCurrent) return this.#write(historyKey, { ...baseline, absentSince: now }, [])
    const { absentSince = now, ...present } = baseline
    if (!wasAbsentHere && toWallTime(clock, places.since) < absentSince) return this.#write(historyKey, present, [])
    const certificates = await lists.read(historyKey, baseline)
    if (certificates === undefined) return false
    const thresholds = thresholdsOf(places.expiry, baseline.provider)
    const next = certificates && (await findNextCrossing(certificates, thresholds, { after: now, timeSlice }))
    return this.#write(historyKey, { ...present, evaluatedAt: now, thresholds, next }, [])
  }

  /** Records what has been crossed in a place since the last time. False when another process was first. */
  async record(historyKey: string, places: RecordedPlaces): Promise<boolean> {
    const { history, baselines, lists, clock, timeSlice } = this.#parts
    const seen = baselines.get(historyKey)
    if (!seen || !this.#isDue(seen, places)) return true
    // Another process may have recorded it since.
    const baseline = (await baselines.read(historyKey))?.baseline
    if (!baseline || !this.#isDue(baseline, places)) return true
    const certificates = await lists.read(historyKey, baseline)
    if (!certificates) return true
    const now = toEvaluationTime(baseline, clock.now())
    const thresholds = thresholdsOf(places.expiry, baseline.provider)
    const crossed = await findCrossed(certificates, baseline, { now, thresholds, timeSlice })
    const changes = await withoutRecorded(crossed, history, { historyKey, after: baseline.evaluatedAt })
    if (!changes) return false
    const next = await findNextCrossing(certificates, thresholds, { after: now, timeSlice })
    return this.#write(historyKey, { ...baseline, evaluatedAt: now, thresholds, next }, changes)
  }

  /**
   * Corrects a baseline with times in the future. Otherwise nothing that is crossed until then would be found. False when
   * another process was first, or its list cannot be read.
   */
  async #correct(historyKey: string): Promise<boolean> {
    const { baselines, lists, clock, timeSlice } = this.#parts
    const seen = baselines.get(historyKey)
    if (!seen || !isAhead(seen, clock.now())) return true
    const ahead = (await baselines.read(historyKey))?.baseline
    const now = clock.now()
    if (!ahead || !isAhead(ahead, now)) return true
    const certificates = await lists.read(historyKey, ahead)
    if (certificates === undefined) return false
    const last = lists.get(historyKey, ahead)
    const present = toPresent(ahead, now)
    const after = { after: present.evaluatedAt, timeSlice }
    const next = certificates && (await findNextCrossing(certificates, present.thresholds, after))
    if (!(await this.#write(historyKey, { ...present, next }, []))) return false
    if (last) lists.set(historyKey, present, last)
    return true
  }

  async #write(
    historyKey: string,
    { version, ...baseline }: KeptBaseline,
    changes: readonly FoundChange[],
  ): Promise<boolean> {
    const place = toPlace(historyKey, baseline)
    return (await this.#parts.writer.write(place, { version, baseline, list: null, changes })) !== null
  }

  /** Whether thresholds were crossed, or are others than before. */
  #isDue({ next, thresholds, provider }: Baseline, { expiry }: RecordedPlaces): boolean {
    if (next !== null && next <= this.#parts.clock.now()) return true
    return toThresholdsText(thresholds) !== toThresholdsText(thresholdsOf(expiry, provider))
  }
}

const isPresent = ({ absentSince }: Baseline) => absentSince === undefined
