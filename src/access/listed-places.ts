import type { AccessConfig } from '../config/access.ts'

/** A place as the configuration names it. */
interface NamedPlace {
  readonly __typename: string
  readonly vendorId: string
}

/** Places in the lists of keys that could be two: an Akamai account is called as one likes, also as something else is. */
export function mistakesInPlaces(access: AccessConfig, configured: readonly NamedPlace[]): readonly string[] {
  if (access === 'public') return []
  return access.apiKeys.flatMap(({ places }, key) =>
    (places ?? []).flatMap((id, index) => {
      const kinds = new Set(configured.filter(({ vendorId }) => vendorId === id).map(({ __typename }) => __typename))
      if (kinds.size < 2) return []
      return [
        `access.apiKeys[${key}].places[${index}]: ${[...kinds].sort().join(' and ')}; expected an id of one place`,
      ]
    }),
  )
}
