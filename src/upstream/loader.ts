import DataLoader from 'dataloader'
import type { Operation } from '../operation.ts'
import { perOperation } from '../per-operation.ts'
import { operationEnded } from './error.ts'

/** Loads a key once per operation, however often the operation needs it. */
export interface Loader<Key, Value> {
  (operation: Operation, key: Key): Promise<Value>
  /** What the operation has loaded; undefined while it has not, and when that failed. */
  loaded(operation: Operation, key: Key): Value | undefined
  /**
   * What the operation has loaded, or what `find` returns, which counts as loaded from then on. Null when that is nothing, and
   * when the key is being loaded.
   */
  loadedOr(operation: Operation, key: Key, find: () => Value | null): Value | null
}

/** In the place of a value that is being loaded, or could not be. */
const unloaded = Symbol('unloaded')

/**
 * Creates a loader without batches: no vendor's call takes several keys, and a key that fails or hangs does not affect
 * another one. The semaphore of the account limits how many calls run at once.
 */
export function createLoader<Key, Value>(
  load: (key: Key, operation: Operation) => Promise<Value>,
  cacheKey: (key: Key) => string,
): Loader<Key, Value> {
  /** By cache key. */
  const loadedBy = perOperation(() => new Map<string, Value | typeof unloaded>())
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
  return Object.assign(
    (operation: Operation, key: Key) => {
      const values = loadedBy(operation)
      const name = cacheKey(key)
      const known = values.get(name)
      if (known !== undefined && known !== unloaded) return Promise.resolve(known)
      values.set(name, unloaded)
      return loaderOf(operation).load(key)
    },
    {
      loaded(operation: Operation, key: Key) {
        const known = loadedBy(operation).get(cacheKey(key))
        return known === unloaded ? undefined : known
      },
      loadedOr(operation: Operation, key: Key, find: () => Value | null) {
        const values = loadedBy(operation)
        const name = cacheKey(key)
        const known = values.get(name)
        if (known !== undefined) return known === unloaded ? null : known
        const found = find()
        if (found !== null) values.set(name, found)
        return found
      },
    },
  )
}

function toError(reason: unknown): Error {
  if (reason instanceof DOMException) return operationEnded(reason)
  return reason instanceof Error ? reason : new Error('a load failed without an error', { cause: reason })
}
