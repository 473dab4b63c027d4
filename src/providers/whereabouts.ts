import type { Whereabouts } from '../upstream/operation.ts'
import type { Place } from './place.ts'

/**
 * Keeps in mind where places are, so that a caller's place that is known is looked for nowhere else: what else is configured
 * is none of that caller's business, be it that it fails or takes long.
 */
export function createWhereabouts(configured: readonly Pick<Place, 'vendorId'>[]): Whereabouts {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  const found = new Map<string, { readonly places: readonly object[]; readonly ids: ReadonlySet<string> }>()
  const isKnown = (id: string) => named.has(id) || [...found.values()].some(({ ids }) => ids.has(id))
  return {
    note(scope, places) {
      if (found.get(scope)?.places === places) return
      found.set(scope, { places, ids: new Set(places.map(({ vendorId }) => vendorId)) })
    },
    mayHold(scope, places) {
      return [...places].some((id) => found.get(scope)?.ids.has(id) || !isKnown(id))
    },
  }
}
