import type { AccessConfig } from '../config/access.ts'

/** A place as the configuration names it. */
interface NamedPlace {
  readonly __typename: string
  readonly vendorId: string
}

/**
 * Places in the lists of keys that could be two: an Akamai account is called as one likes, also as something else is. What
 * tokens list comes only later: where they are accepted, no two configured places may be called the same.
 */
export function mistakesInPlaces(access: AccessConfig, configured: readonly NamedPlace[]): readonly string[] {
  if (access === 'public') return []
  const shared = sharedIds(configured)
  const listed = access.apiKeys.flatMap(({ places }, key) =>
    (places ?? []).flatMap((id, index) => {
      const kinds = shared.get(id)
      return kinds ? [`access.apiKeys[${key}].places[${index}]: ${kinds}; expected an id of one place`] : []
    }),
  )
  if (access.jwt.length === 0) return listed
  const claimed = [...shared].map(
    ([id, kinds]) =>
      `access.jwt: tokens list places by their ids, and ${id} is that of ${kinds}; expected an id of one place: ` +
      'call the Akamai account something else, or configure but one of them',
  )
  return [...listed, ...claimed]
}

/** The ids that places of several kinds have, with those kinds. */
function sharedIds(configured: readonly NamedPlace[]): ReadonlyMap<string, string> {
  const kinds = new Map<string, Set<string>>()
  for (const { __typename, vendorId } of configured)
    kinds.set(vendorId, (kinds.get(vendorId) ?? new Set()).add(__typename))
  const shared = [...kinds].filter(([, each]) => each.size > 1)
  return new Map(shared.map(([id, each]) => [id, [...each].sort().join(' and ')]))
}
