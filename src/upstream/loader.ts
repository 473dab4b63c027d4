import DataLoader from 'dataloader'
import type { Operation } from '../operation.ts'
import { perOperation } from '../per-operation.ts'
import { operationEnded } from './error.ts'

/** Loads a key once per operation, however often the operation needs it. */
export interface Loader<Key, Value> {
  (operation: Operation, key: Key): Promise<Value>
  /** What the operation has loaded; undefined while it has not, and when that failed. */
  loaded(operation: Operation, key: Key): Value | undefined
}

/**
 * Creates a loader without batches: no vendor's call takes several keys, and a key that fails or hangs does not affect
 * another one. The semaphore of the account limits how many calls run at once.
 */
export function createLoader<Key, Value>(
  load: (key: Key, operation: Operation) => Promise<Value>,
  cacheKey: (key: Key) => string,
): Loader<Key, Value> {
  const loadedBy = perOperation(() => new Map<string, Value>())
  const loaderOf = perOperation((operation) => {
    const loadOne = async (key: Key) => {
      const value = await load(key, operation)
      loadedBy(operation).set(cacheKey(key), value)
      return value
    }
    return new DataLoader<Key, Value, string>((keys) => Promise.all(keys.map((key) => loadOne(key).catch(toError))), {
      batch: false,
      cacheKeyFn: cacheKey,
    })
  })
  return Object.assign((operation: Operation, key: Key) => loaderOf(operation).load(key), {
    loaded: (operation: Operation, key: Key) => loadedBy(operation).get(cacheKey(key)),
  })
}

function toError(reason: unknown): Error {
  if (reason instanceof DOMException) return operationEnded(reason)
  return reason instanceof Error ? reason : new Error('a load failed without an error', { cause: reason })
}
