import DataLoader from 'dataloader'
import type { Operation } from '../operation.ts'
import { operationEnded } from './error.ts'

/** Loads one key, once per operation however often it is asked for. */
export type Loader<Key, Value> = (operation: Operation, key: Key) => Promise<Value>

/**
 * Makes a loader. No vendor's call takes several keys, so each is a batch of its own: one that fails or hangs takes no
 * other with it. How many calls run at once is the account's business.
 */
export function createLoader<Key, Value>(
  load: (key: Key, operation: Operation) => Promise<Value>,
  cacheKey: (key: Key) => string,
): Loader<Key, Value> {
  const loaders = new WeakMap<Operation, DataLoader<Key, Value, string>>()
  return (operation, key) => {
    let loader = loaders.get(operation)
    if (!loader) {
      const one = async (each: Key) => load(each, operation)
      loader = new DataLoader((keys) => Promise.all(keys.map((each) => one(each).catch(toError))), {
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
