import type { MissingPlaces, Operation, PlaceIndex } from '../operation.ts'
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

/** The index, for the life of the process. */
export interface ProcessPlaceIndex extends PlaceIndex {
  /** Which of these places are neither configured nor discovered so far. Makes no call. */
  missingOf(ids: Iterable<string>): MissingPlaces
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
}: IndexedPlaces): ProcessPlaceIndex {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  const found = new Map<string, readonly Pick<Place, 'vendorId'>[]>()
  /** The accounts that each place was found in. Both can be hundreds, so the reverse map is kept too. */
  const parentsOf = new Map<string, Set<string>>()
  /** The discoveries whose last attempt succeeded and returned every row. */
  const whole = new Set<string>()

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

  const missingOf: ProcessPlaceIndex['missingOf'] = (ids) => ({
    ids: [...ids].filter((id) => !named.has(id) && !parentsOf.has(id)),
    isCertain: discoveries.every((place) => whole.has(place)),
  })

  const discoverOnce = createLoader<'seen' | 'all', unknown>(
    (from, operation) =>
      discover({
        ...operation,
        placeIndex: { record, recordFailure, mayHold: from === 'all' ? mayHold : () => false },
      }),
    (from) => from,
  )
  const learn = async (operation: Operation, from: 'seen' | 'all') => {
    await discoverOnce(operation, from).catch(() => {})
  }
  return {
    record,
    recordFailure,
    mayHold,
    missingOf,
    learn,
    async findMissing(operation) {
      const listed = operation.caller.places ?? []
      // A place that was found is not looked for again: its discovery may have a problem that is not its own.
      if (missingOf(listed).ids.length > 0) await learn(operation, 'all')
      return missingOf(listed)
    },
  }
}
