import { thresholdsOf } from '../catalog/expiry.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import { type Baseline, toPlace, toThresholdsText } from './baseline.ts'
import type { ChangeWriter } from './change-writer.ts'
import { findCrossed, findNextCrossing } from './crossings.ts'
import type { KnownBaselines } from './known-baselines.ts'
import type { LastLists } from './last-lists.ts'
import type { RecordedPlaces } from './recorded-places.ts'

/** Milliseconds until a crossed threshold that could not be recorded is tried again. */
const retryInterval = 60_000
/** Milliseconds until a place is looked at again whose first list is awaited. */
const listInterval = 5_000
/** Milliseconds until a place is looked at again that is not configured or discovered now. */
const absentInterval = 3_600_000

interface ThresholdParts {
  readonly baselines: KnownBaselines
  readonly lists: LastLists
  readonly writer: ChangeWriter
  readonly clock: Clock
  readonly timeSlice: TimeSlice
}

/** Records when certificates cross a threshold: it needs no reading, only the dates in the last list. */
export class ThresholdRecorder {
  readonly #parts: ThresholdParts

  constructor(parts: ThresholdParts) {
    this.#parts = parts
  }

  /** Records what has been crossed in all places, besides those whose list is awaited. Returns when it has to be done again: `Infinity` when nothing is crossed. */
  async recordAll(places: RecordedPlaces, awaitsList: (place: ObservedPlace) => boolean): Promise<number> {
    const { baselines, clock, timeSlice } = this.#parts
    const now = clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const [historyKey, baseline] of baselines.entries()) {
      if (timeSlice.isOver()) await timeSlice.next()
      const place = toPlace(historyKey, baseline)
      const isDue = this.#isDue(baseline, places)
      if (isDue && !places.isCurrent(place)) next = Math.min(next, now + absentInterval)
      else if (isDue && awaitsList(place)) next = Math.min(next, now + listInterval)
      else if (!(await this.record(historyKey, places))) next = Math.min(next, now + retryInterval)
      const at = baselines.get(historyKey)?.next ?? null
      if (at !== null && at > now) next = Math.min(next, at)
    }
    return next
  }

  /** Records what has been crossed in a place since the last time. False when another process was first. */
  async record(historyKey: string, places: RecordedPlaces): Promise<boolean> {
    const { baselines, lists, writer, clock, timeSlice } = this.#parts
    const seen = baselines.get(historyKey)
    if (!seen || !this.#isDue(seen, places)) return true
    // Another process may have recorded it since.
    const baseline = (await baselines.read(historyKey))?.baseline
    if (!baseline || !this.#isDue(baseline, places)) return true
    const certificates = await lists.read(historyKey, baseline)
    if (!certificates) return true
    const now = Math.max(clock.now(), baseline.evaluatedAt)
    const thresholds = thresholdsOf(places.expiry, baseline.provider)
    const changes = await findCrossed(certificates, baseline, { now, thresholds, timeSlice })
    const next = await findNextCrossing(certificates, thresholds, { after: now, timeSlice })
    const { version, ...rest } = baseline
    const kept = await writer.write(toPlace(historyKey, baseline), {
      version,
      baseline: { ...rest, evaluatedAt: now, thresholds, next },
      list: null,
      changes,
    })
    return kept !== null
  }

  /** Whether thresholds were crossed, or are others than before. */
  #isDue({ next, thresholds, provider }: Baseline, { expiry }: RecordedPlaces): boolean {
    if (next !== null && next <= this.#parts.clock.now()) return true
    return toThresholdsText(thresholds) !== toThresholdsText(thresholdsOf(expiry, provider))
  }
}
