import type { Operation, PlaceIndex } from '../operation.ts'
import { createLoader } from '../upstream/loader.ts'
import type { Place } from './place.ts'

/**
 * Records which account each place was found in. A place of a limited caller is then searched for in that account only, so
 * that the failure or delay of any other account does not show. `discover` makes all discoveries that its operation allows.
 */
export function createPlaceIndex(
  configured: readonly Pick<Place, 'vendorId'>[],
  discover: (operation: Operation) => Promise<unknown> = async () => {},
): PlaceIndex {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  const found = new Map<string, readonly Pick<Place, 'vendorId'>[]>()
  /** The accounts that each place was found in. Both can be hundreds, so the reverse map is kept too. */
  const parentsOf = new Map<string, Set<string>>()

  function forget(place: string): void {
    for (const { vendorId } of found.get(place) ?? []) {
      const parents = parentsOf.get(vendorId)
      parents?.delete(place)
      if (parents?.size === 0) parentsOf.delete(vendorId)
    }
  }

  const record: PlaceIndex['record'] = (place, places) => {
    if (found.get(place) === places) return
    forget(place)
    found.set(place, places)
    for (const { vendorId } of places) parentsOf.set(vendorId, (parentsOf.get(vendorId) ?? new Set()).add(place))
  }

  const mayHold: PlaceIndex['mayHold'] = (place, places) => {
    for (const id of places) {
      const parents = parentsOf.get(id)
      if (parents ? parents.has(place) : !named.has(id)) return true
    }
    return false
  }

  const discoverOnce = createLoader<'seen' | 'all', unknown>(
    (from, operation) =>
      discover({ ...operation, placeIndex: { record, mayHold: from === 'all' ? mayHold : () => false } }),
    (from) => from,
  )
  return {
    record,
    mayHold,
    learn: async (operation, from) => {
      await discoverOnce(operation, from).catch(() => {})
    },
  }
}
