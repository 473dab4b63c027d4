import { createLoader } from '../upstream/loader.ts'
import type { Operation, Whereabouts } from '../upstream/operation.ts'
import type { Place } from './place.ts'

/**
 * Keeps in mind where places are, so that a caller's place that is known is looked for nowhere else: what else is configured
 * is none of that caller's business, be it that it fails or takes long. `look` makes the discoveries that its operation may
 * make.
 */
export function createWhereabouts(
  configured: readonly Pick<Place, 'vendorId'>[],
  look: (operation: Operation) => Promise<unknown> = async () => {},
): Whereabouts {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  const found = new Map<string, readonly Pick<Place, 'vendorId'>[]>()
  /** The scopes that a place was found in. Callers have hundreds of places, and vendors as many scopes. */
  const scopesOf = new Map<string, Set<string>>()

  function forget(scope: string): void {
    for (const { vendorId } of found.get(scope) ?? []) {
      const scopes = scopesOf.get(vendorId)
      scopes?.delete(scope)
      if (scopes?.size === 0) scopesOf.delete(vendorId)
    }
  }

  const note: Whereabouts['note'] = (scope, places) => {
    if (found.get(scope) === places) return
    forget(scope)
    found.set(scope, places)
    for (const { vendorId } of places) scopesOf.set(vendorId, (scopesOf.get(vendorId) ?? new Set()).add(scope))
  }

  const mayHold: Whereabouts['mayHold'] = (scope, places) => {
    for (const id of places) {
      const scopes = scopesOf.get(id)
      if (scopes ? scopes.has(scope) : !named.has(id)) return true
    }
    return false
  }

  const lookOnce = createLoader<'seen' | 'all', unknown>(
    (from, operation) => look({ ...operation, whereabouts: { note, mayHold: from === 'all' ? mayHold : () => false } }),
    (from) => from,
  )
  return {
    note,
    mayHold,
    learn: async (operation, from) => {
      await lookOnce(operation, from).catch(() => {})
    },
  }
}
