import type { Operation, PlaceIndex } from '../operation.ts'
import { createLoader } from '../upstream/loader.ts'
import type { Place } from './place.ts'

/** The places of the vendors. */
interface IndexedPlaces {
  readonly configured: readonly Pick<Place, 'vendorId'>[]
  /** The global ids of the places whose places the vendor lists. */
  readonly discoveries?: readonly string[]
  /** Makes all discoveries that its operation allows. */
  discover?(operation: Operation): Promise<unknown>
  /** Called when the result of a discovery is another one than before. */
  onChange?(): void
}

/**
 * Records which account each place was found in. A place of a limited caller is then searched for in that account only, so
 * that the failure or delay of any other account does not show.
 */
export function createPlaceIndex({
  configured,
  discoveries = [],
  discover = async () => {},
  onChange = () => {},
}: IndexedPlaces): PlaceIndex {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  const found = new Map<string, readonly Pick<Place, 'vendorId'>[]>()
  /** The accounts that each place was found in. Both can be hundreds, so the reverse map is kept too. */
  const parentsOf = new Map<string, Set<string>>()
  /** The discoveries whose last attempt succeeded and returned every row. */
  const whole = new Set<string>()
  /** The discoveries that failed for an operation, by its signal: parts of an operation have the same one. */
  const hiddenFailures = new WeakMap<AbortSignal, Map<string, Error>>()

  function forget(place: string): void {
    for (const { vendorId } of found.get(place) ?? []) {
      const parents = parentsOf.get(vendorId)
      parents?.delete(place)
      if (parents?.size === 0) parentsOf.delete(vendorId)
    }
  }

  const record: PlaceIndex['record'] = (place, places, isWhole = true) => {
    if (found.get(place) === places && whole.has(place) === isWhole) return
    forget(place)
    found.set(place, places)
    for (const { vendorId } of places) parentsOf.set(vendorId, (parentsOf.get(vendorId) ?? new Set()).add(place))
    if (isWhole) whole.add(place)
    else whole.delete(place)
    onChange()
  }

  const recordFailure: PlaceIndex['recordFailure'] = (place) => {
    if (whole.delete(place)) onChange()
  }

  const mayHold: PlaceIndex['mayHold'] = (place, places) => {
    for (const id of places) {
      const parents = parentsOf.get(id)
      if (parents ? parents.has(place) : !named.has(id)) return true
    }
    return false
  }

  const recordHiddenFailure: PlaceIndex['recordHiddenFailure'] = ({ signal }, place, error) => {
    hiddenFailures.set(signal, (hiddenFailures.get(signal) ?? new Map<string, Error>()).set(place, error))
  }

  const hiddenFailure: PlaceIndex['hiddenFailure'] = ({ signal }) => {
    const [error = null] = hiddenFailures.get(signal)?.values() ?? []
    return error
  }

  const heldBy: PlaceIndex['heldBy'] = (place, places) => [...places].filter((id) => parentsOf.get(id)?.has(place))

  const missingOf: PlaceIndex['missingOf'] = (ids, operation) => {
    const failed = operation && hiddenFailures.get(operation.signal)
    const isFound = (id: string) => [...(parentsOf.get(id) ?? [])].some((parent) => !failed?.has(parent))
    return {
      ids: [...ids].filter((id) => !named.has(id) && !isFound(id)),
      isCertain: discoveries.every((place) => whole.has(place) && !failed?.has(place)),
    }
  }

  const discovered = { record, recordFailure, recordHiddenFailure, hiddenFailure, mayHold, heldBy, missingOf }
  const discoverOnce = createLoader<'seen' | 'all', unknown>(
    (from, operation) =>
      discover({
        ...operation,
        // What the search for places finds is no part of the answer.
        outcome: undefined,
        placeIndex: {
          ...(operation.isPassive ? withoutRecords(discovered) : discovered),
          mayHold: from === 'all' ? mayHold : () => false,
        },
      }),
    (from) => from,
  )
  const learn = async (operation: Operation, from: 'seen' | 'all') => {
    await discoverOnce(operation, from).catch(() => {})
  }
  return {
    ...discovered,
    learn,
    async findMissing(operation) {
      const listed = operation.caller.places ?? []
      // A place that was found is not looked for again: its discovery may have a problem that is not its own.
      if (missingOf(listed, operation).ids.length > 0) await learn(operation, 'all')
      return missingOf(listed, operation)
    },
  }
}

/** The same places for a passive operation: its discoveries are not made, so their results say nothing. */
export function withoutRecords(placeIndex: PlaceIndex): PlaceIndex {
  return { ...placeIndex, record: () => {}, recordFailure: () => {} }
}
