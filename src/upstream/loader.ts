import DataLoader from 'dataloader'
import type { Operation } from '../operation.ts'
import { operationEnded } from './error.ts'

/** Loads a key once per operation, however often the operation needs it. */
export type Loader<Key, Value> = (operation: Operation, key: Key) => Promise<Value>

/**
 * Creates a loader without batches: no vendor's call takes several keys, and a key that fails or hangs does not affect
 * another one. The semaphore of the account limits how many calls run at once.
 */
export function createLoader<Key, Value>(
  load: (key: Key, operation: Operation) => Promise<Value>,
  cacheKey: (key: Key) => string,
): Loader<Key, Value> {
  const loaders = new WeakMap<Operation, DataLoader<Key, Value, string>>()
  return (operation, key) => {
    let loader = loaders.get(operation)
    if (!loader) {
      const loadOne = async (each: Key) => load(each, operation)
      loader = new DataLoader((keys) => Promise.all(keys.map((each) => loadOne(each).catch(toError))), {
        batch: false,
        cacheKeyFn: cacheKey,
      })
      loaders.set(operation, loader)
    }
    return loader.load(key)
  }
}

function toError(reason: unknown): Error {
  if (reason instanceof DOMException) return operationEnded(reason)
  return reason instanceof Error ? reason : new Error('a load failed without an error', { cause: reason })
}
