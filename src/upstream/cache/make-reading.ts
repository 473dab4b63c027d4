import type { CallOptions } from '../call/context.ts'
import { Stopwatch, untilAborted } from '../call/timeout.ts'
import type { Clock } from '../clock.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError } from '../error.ts'
import type { CacheEntry, ReadingTask, SharedReading } from './reading.ts'
import type { Refresh } from './refresh.ts'

/**
 * Makes one reading within `readingTimeout`. The time that it waits for a slot does not count, and is reported to the refresh. A
 * pause after a 429 is waited for, however long it is; but when the reading has taken its time, such waits included, the next
 * 429 ends it.
 */
export async function makeReading<Value>(
  task: ReadingTask<Value>,
  refresh: Refresh<CacheEntry<Value>>,
  { clock, settings, replicas }: UpstreamDependencies,
  {
    cause,
    onCall,
    onCallFailed,
    onRejected,
    lastFailure,
    lastCallAt,
  }: Pick<CallOptions, 'cause' | 'onCall' | 'onCallFailed' | 'onRejected' | 'lastFailure' | 'lastCallAt'>,
): Promise<CacheEntry<Value>> {
  const milliseconds = settings.readingTimeout
  const timeout = new AbortController()
  const stopwatch = new Stopwatch(clock, milliseconds, () =>
    timeout.abort(new UpstreamError('UPSTREAM_TIMEOUT', `the reading was not complete within ${milliseconds} ms`)),
  )
  const rejected = new WaitTime(clock)
  // The account is neither down nor up: its circuit does not count this error.
  refresh.cancel = () => timeout.abort(new UpstreamError('UPSTREAM_RATE_LIMITED', 'the reading is not needed any more'))
  const begun = { asOf: clock.now(), startedAt: clock.elapsed() }
  let firstCall: typeof begun | undefined
  const options: CallOptions = {
    signal: timeout.signal,
    remaining: () => stopwatch.remaining,
    onQueued(slot) {
      rejected.isWaiting = slot?.isAfterRejection ?? false
      if (slot) stopwatch.stop()
      else stopwatch.start()
      refresh.slot = slot
    },
    mayWaitAgain: () => rejected.total < stopwatch.remaining,
    cause,
    onCall,
    onCallFailed,
    onRejected,
    ...(lastFailure && { lastFailure }),
    ...(lastCallAt && { lastCallAt }),
    onResponse(asOf, startedAt) {
      firstCall ??= { asOf, startedAt }
    },
  }
  let isOwn = false
  const make = async (from: CallOptions): Promise<SharedReading> => {
    isOwn = true
    const read = await task.pipeline.runReading(from, async (context) => {
      const rows = await task.read(context)
      return { rows, bytes: context.size.bytes }
    })
    return { ...read, ...(firstCall ?? begun), readAt: clock.elapsed() }
  }
  try {
    const { shared, isMadeHere = false } = task
    const { change } = refresh
    const maxAge = task.ttl + Math.max(settings.staleWhileRevalidate, settings.staleIfError)
    const request = shared && { ...shared, change, maxAge, startedAfter: () => refresh.startedAfter }
    const { readings } = replicas
    const made = request && !isMadeHere ? readings.getOrMake(request, options, make) : make(options)
    const reading = await untilAborted(made, timeout.signal)
    if (request && isMadeHere) readings.keep?.(request, reading)
    const { rows, ...kept } = reading
    const value = await task.toValue(rows)
    // The promises of the calls have become old objects, which keep what they refer to until the next full collection.
    rows.rows.length = 0
    if (isOwn) task.onMade?.(value, kept.asOf)
    return { value, ...kept, change }
  } finally {
    stopwatch.stop()
  }
}

/** Adds up the time of some waits. */
class WaitTime {
  readonly #clock: Pick<Clock, 'elapsed'>
  /** Monotonic time of the begin of the wait; null when there is none. */
  #since: number | null = null
  #ended = 0

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  set isWaiting(isWaiting: boolean) {
    this.#ended = this.total
    this.#since = isWaiting ? this.#clock.elapsed() : null
  }

  /** Milliseconds. */
  get total(): number {
    return this.#ended + (this.#since === null ? 0 : this.#clock.elapsed() - this.#since)
  }
}
