import type { Operation, PlaceIndex } from '../operation.ts'
import { createLoader } from '../upstream/loader.ts'
import type { Place } from './place.ts'

/**
 * Keeps in mind where places are, so that a caller's place that is known is looked for nowhere else: what else is configured
 * is none of that caller's business, be it that it fails or takes long. `look` makes the discoveries that its operation may
 * make.
 */
export function createPlaceIndex(
  configured: readonly Pick<Place, 'vendorId'>[],
  look: (operation: Operation) => Promise<unknown> = async () => {},
): PlaceIndex {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  const found = new Map<string, readonly Pick<Place, 'vendorId'>[]>()
  /** The parents that a place was found in. Callers have hundreds of places, and vendors as many parents. */
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

  const lookOnce = createLoader<'seen' | 'all', unknown>(
    (from, operation) =>
      look({ ...operation, placeIndex: { record, mayHold: from === 'all' ? mayHold : () => false } }),
    (from) => from,
  )
  return {
    record,
    mayHold,
    learn: async (operation, from) => {
      await lookOnce(operation, from).catch(() => {})
    },
  }
}
