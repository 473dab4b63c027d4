import type { Caller, Operation, PlaceIndex } from '../operation.ts'
import { responseTime } from '../response-time.ts'
import { endlessTimeSlice } from '../time-slice.ts'
import type { RefreshSchedule } from '../upstream/cache/refresh-schedule.ts'
import type { Clock } from '../upstream/clock.ts'
import type { Replicas } from '../upstream/replicas.ts'
import { readDetailsAhead } from './details-ahead.ts'
import type { CertificateHolder } from './place.ts'

/** The places that are prefetched under one rate limit. */
export interface PrefetchQueue {
  readonly schedule: RefreshSchedule
  /** The same in every replica with these places. */
  readonly name: string
  places(operation: Operation): Promise<readonly CertificateHolder[]>
  /** The same places, as the last discoveries found them. Makes no call. */
  lastPlaces(): readonly CertificateHolder[]
}

interface PrefetchDependencies {
  readonly clock: Clock
  /** Records the discoveries of the prefetch. */
  readonly placeIndex: PlaceIndex
  readonly replicas: Pick<Replicas, 'lease'>
  /** Whether to find out which certificates are replaced before they expire: no operation may ever ask. */
  readonly withReplacements?: boolean
}

const prefetcher: Caller = { name: 'prefetch', permissions: new Set(), places: null, isIdentified: false }

/** Milliseconds that a call for details waits for its slot at most: another call has taken the one that was free. */
const maxDetailsWait = 1_000

function prefetching(clock: Clock, placeIndex: PlaceIndex, signal: AbortSignal) {
  return { requestId: 'prefetch', caller: prefetcher, placeIndex, now: clock.now(), signal }
}

/**
 * Reads every place at the start, and again before its reading is due, so that operations do not wait for a vendor. Reads the
 * details of the certificates too.
 */
export function startPrefetch(queues: readonly PrefetchQueue[], dependencies: PrefetchDependencies): { close(): void } {
  const closed = new AbortController()
  const { clock, placeIndex, replicas } = dependencies
  for (const queue of queues.filter(({ schedule }) => schedule.isPrefetched)) {
    prefetch(queue, dependencies, closed.signal).catch(() => {})
    readDetailsAhead({
      clock,
      lease: replicas.lease(`details ${queue.name}`),
      places: queue.lastPlaces,
      operation: () => ({
        ...prefetching(clock, placeIndex, closed.signal),
        deadline: clock.elapsed() + maxDetailsWait,
        timeSlice: responseTime,
        isBackground: true,
      }),
      signal: closed.signal,
    }).catch(() => {})
  }
  return { close: () => closed.abort() }
}

/** Reads one place per interval. A place that is not due yet is skipped without waiting. */
async function prefetch(
  { schedule, places }: PrefetchQueue,
  { clock, placeIndex, withReplacements = false }: PrefetchDependencies,
  signal: AbortSignal,
): Promise<never> {
  let failures = 0
  const onCallFailed = () => {
    failures += 1
  }
  for (let index = 0; ; index += 1) {
    const operation = {
      ...prefetching(clock, placeIndex, signal),
      // A call that has to wait longer stays in the vendor's queue, and the next place is read meanwhile.
      deadline: clock.elapsed() + schedule.interval,
      timeSlice: endlessTimeSlice,
    }
    const all = await places(operation).catch(() => [])
    const startedAt = clock.elapsed()
    const place = all[index % all.length]
    const age = schedule.refreshAge
    // The discovery may have taken longer than an interval.
    const deadline = clock.elapsed() + schedule.interval
    const reading = await place?.read({ ...operation, deadline, onCallFailed }, age).catch(() => null)
    const wasFresh = reading && !reading.stale && reading.startedAt < startedAt && startedAt - reading.startedAt <= age
    const isLast = (index + 1) % all.length === 0
    if (withReplacements && place && reading && !wasFresh) {
      const until = clock.elapsed() + schedule.interval
      const asking = { ...operation, onCallFailed, deadline: until, timeSlice: responseTime }
      await place.renewals(asking, reading.value.present).catch(() => {})
    }
    if (wasFresh && !isLast) continue
    // A call that failed may have been retried.
    const intervals = 1 + failures
    failures = 0
    await clock.sleep(Math.max(0, startedAt + intervals * schedule.interval - clock.elapsed()), signal)
  }
}
