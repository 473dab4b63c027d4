import type { CallOptions } from '../call/context.ts'
import { Stopwatch, untilAborted } from '../call/timeout.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { UpstreamError } from '../error.ts'
import type { SharedReading } from '../replicas.ts'
import type { CacheEntry, ReadingTask } from './reading.ts'
import type { Refresh } from './refresh.ts'

/** Makes one reading, within its own time. What it waits for its turn is not counted, and is told to all who wait for it. */
export async function makeReading<Value>(
  task: ReadingTask<Value>,
  renewal: Refresh<CacheEntry<Value>>,
  { clock, settings, replicas }: UpstreamDependencies,
  { onCall, onCallFailed }: Pick<CallOptions, 'onCall' | 'onCallFailed'>,
): Promise<CacheEntry<Value>> {
  const milliseconds = settings.readingTimeout
  const timeout = new AbortController()
  const stopwatch = new Stopwatch(clock, milliseconds, () =>
    timeout.abort(new UpstreamError('UPSTREAM_TIMEOUT', `not read to the end within ${milliseconds} ms`)),
  )
  const begunAt = clock.now()
  let asOf: number | undefined
  const sender: CallOptions = {
    signal: timeout.signal,
    remaining: () => stopwatch.remaining,
    onQueued(turn) {
      if (turn) stopwatch.halt()
      else stopwatch.start()
      renewal.slot = turn
    },
    onCall,
    onCallFailed,
    onResponse(madeAt) {
      asOf ??= madeAt
    },
  }
  const make = async (from: CallOptions): Promise<SharedReading> => {
    const rows = await task.pipeline.runReading(from, (context) => task.read(context))
    return { rows, asOf: asOf ?? begunAt, readAt: clock.now() }
  }
  try {
    const keep = task.ttl + Math.max(settings.staleWhileRevalidate, settings.staleIfError)
    const shared = sharedAs(task, renewal.change)
    const wanted = shared && { ...shared, maxAge: keep, startedAfter: () => renewal.startedAfter }
    const made = wanted ? replicas.readings.getOrMake(wanted, sender, make) : make(sender)
    const { rows, ...times } = await untilAborted(made, timeout.signal)
    return { value: task.toValue(rows), ...times, change: renewal.change }
  } finally {
    stopwatch.halt()
  }
}

/** How a reading is handed on: what was read before a change is another thing than what is read after it. */
export function sharedAs(
  { shared }: Pick<ReadingTask<unknown>, 'shared'>,
  change: string | null,
): ReadingTask<unknown>['shared'] {
  return shared && change !== null ? { ...shared, identity: [...shared.identity, change] } : shared
}
