import { UpstreamError } from '../upstream/error.ts'
import { createLoader, type Loader } from '../upstream/loader.ts'
import type { Reading, Readings } from '../upstream/readings.ts'
import type { Place } from './place.ts'

/** A loader of one reading per place, shared by every operation that asks while it serves. */
export function createPlaceLoader<Key extends Place, Value extends object>(
  readings: Readings<Value>,
  read: (place: Key, signal: AbortSignal) => Promise<Value>,
  keyOf: (place: Key) => string = ({ id }) => id,
): Loader<Key, Reading<Value>> {
  const load = createLoader<Key, Reading<Value>>(
    (place) => readings.read(keyOf(place), (signal) => read(place, signal)),
    keyOf,
    (place) => readings.kept(keyOf(place)),
  )
  return (operation, place) => located(place, load(operation, place))
}

/** Waits for what is read for a place; an error on the way to it says which place it is about. */
export async function located<Value>(place: Place, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading
  } catch (error) {
    throw error instanceof UpstreamError ? error.at(place) : error
  }
}
