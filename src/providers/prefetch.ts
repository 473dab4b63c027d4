import type { Caller, Operation, PlaceIndex } from '../operation.ts'
import type { RefreshSchedule } from '../upstream/cache/refresh-schedule.ts'
import type { Clock } from '../upstream/clock.ts'
import type { CertificatePlace } from './place.ts'

/** Places to be read ahead of need, over and over, with one budget. */
export interface PrefetchQueue {
  readonly schedule: RefreshSchedule
  places(operation: Operation): Promise<readonly CertificatePlace[]>
}

interface Surroundings {
  readonly clock: Clock
  /** Learns from what is discovered ahead of need. */
  readonly placeIndex: PlaceIndex
}

/** Nobody asked. */
const prefetcher: Caller = { name: 'prefetch', permissions: new Set(), places: null, isIdentified: false }

/**
 * Reads every place at the start, where that is wanted, and renews each before it has to be, so that nobody who asks waits
 * for a vendor.
 */
export function startPrefetch(rotations: readonly PrefetchQueue[], surroundings: Surroundings): { close(): void } {
  const closed = new AbortController()
  for (const rotation of rotations.filter(({ schedule }) => schedule.isPrefetched))
    rotate(rotation, surroundings, closed.signal).catch(() => {})
  return { close: () => closed.abort() }
}

/** One place at each step, spread over the window of the budget. A place that needs no call costs no step. */
async function rotate(
  { schedule, places }: PrefetchQueue,
  { clock, placeIndex }: Surroundings,
  signal: AbortSignal,
): Promise<never> {
  let failures = 0
  const onCallFailed = () => {
    failures += 1
  }
  for (let turn = 0; ; turn += 1) {
    const operation = {
      requestId: 'prefetch',
      caller: prefetcher,
      placeIndex,
      now: clock.now(),
      // What has to wait for a vendor stays queued there, and keeps no other place waiting here.
      deadline: clock.elapsed() + schedule.interval,
      signal,
    }
    const all = await places(operation).catch(() => [])
    const begunAt = clock.elapsed()
    const place = all[turn % all.length]
    const age = schedule.refreshAge
    const reading = await place?.read({ ...operation, onCallFailed }, age).catch(() => null)
    const wasYoung = reading && !reading.stale && reading.startedAt < begunAt && begunAt - reading.startedAt <= age
    const isRoundOver = (turn + 1) % all.length === 0
    if (wasYoung && !isRoundOver) continue
    // A call that failed may have been made again.
    const steps = 1 + failures
    failures = 0
    await clock.sleep(Math.max(0, begunAt + steps * schedule.interval - clock.elapsed()), signal)
  }
}
