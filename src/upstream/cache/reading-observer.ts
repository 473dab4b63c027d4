import type { ReadingResult } from '../observer.ts'
import type { CacheEntry, ReadingTask } from './reading.ts'

/** Counts what a cache of readings does. */
export interface ReadingObserver<Value> {
  served(result: ReadingResult): void
  /** A reading was made, here or by another replica. */
  made(task: ReadingTask<Value>, entry: CacheEntry<Value>): void
  failed(task: ReadingTask<Value>, error: unknown): void
}
