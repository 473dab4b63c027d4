import type { UpstreamDependencies } from '../dependencies.ts'
import type { UpstreamError } from '../error.ts'
import type { ReadingResult, ReadSource } from '../observer.ts'
import type { CacheEntry, Reading, ReadingTask, ReadOptions } from './reading.ts'

/** What an operation gets of an entry. */
export function toReading<Value>(entry: CacheEntry<Value>, error: UpstreamError | null): Reading<Value> {
  const { value, asOf, startedAt } = entry
  return { value, asOf, startedAt, stale: error !== null, error }
}

/** Counts and logs how an operation gets a reading. Without a cause, it is no operation but prefetching: it is only logged. */
export function reportServed(
  { log, observer }: Pick<UpstreamDependencies, 'log' | 'observer'>,
  { key, source }: Pick<ReadingTask<unknown>, 'key' | 'source'>,
  { cause }: Pick<ReadOptions, 'cause'>,
  result: ReadingResult,
): void {
  if (cause && source) observer?.readingsServed(result, 1)
  if (!log.isLevelEnabled('trace')) return
  const named = source ? toNames(source) : { reading: key }
  log.trace({ requestId: cause?.requestId, ...named, result }, `reading: ${result}`)
}

function toNames({ place, kind }: ReadSource) {
  return { provider: place.provider, place: place.vendorId, kind }
}
