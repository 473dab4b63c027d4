import type { Operation } from '../operation.ts'
import type { Reading, ReadingTask } from '../upstream/cache/reading.ts'
import type { ReadingCache } from '../upstream/cache/reading-cache.ts'
import { isReadingFailure } from '../upstream/error.ts'
import { createLoader } from '../upstream/loader.ts'
import type { Place } from './place.ts'

/** Loads what is read of a place, no older than so many milliseconds if that is said. */
export type PlaceLoader<Key extends Place, Value> = (
  operation: Operation,
  place: Key,
  maxStaleness?: number,
) => Promise<Reading<Value>>

/** A loader of one reading per place, shared by every operation that asks while it serves. */
export function createPlaceLoader<Key extends Place, Value extends object>(
  readings: ReadingCache<Value>,
  taskOf: (place: Key) => ReadingTask<Value>,
): PlaceLoader<Key, Value> {
  const bounds = createBounds()
  const load = createLoader<{ readonly task: ReadingTask<Value>; readonly bound: number | undefined }, Reading<Value>>(
    ({ task }, operation) => readings.read(task, { ...operation, maxStaleness: bounds.strictest(operation, task.key) }),
    // A stricter bound than the one a place was loaded with has it loaded again, and so has a change made meanwhile.
    ({ task: { key, changes }, bound }) => `${key} ${bound} ${changes?.count}`,
  )
  return (operation, place, maxStaleness) => {
    const task = taskOf(place)
    const bound = bounds.strictest(operation, task.key, maxStaleness)
    return located(place, load(operation, { task, bound }))
  }
}

/** The strictest bound that was asked for in an operation holds for its place, whichever field asked. */
function createBounds() {
  const bounds = new WeakMap<Operation, Map<string, number>>()
  return {
    strictest(operation: Operation, key: string, bound?: number): number | undefined {
      const ofOperation = bounds.get(operation) ?? new Map<string, number>()
      bounds.set(operation, ofOperation)
      const known = ofOperation.get(key)
      if (bound === undefined || (known !== undefined && known <= bound)) return known
      ofOperation.set(key, bound)
      return bound
    },
  }
}

/** Waits for what is read for a place; an error on the way to it says which place it is about. */
export async function located<Value>(place: Place, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading
  } catch (error) {
    throw isReadingFailure(error) ? error.at(place) : error
  }
}
