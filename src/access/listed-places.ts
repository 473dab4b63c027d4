import type { AccessConfig } from '../config/access.ts'
import type { SettingPath } from '../config/mistakes.ts'

/** A place as the configuration names it. */
interface NamedPlace {
  readonly __typename: string
  readonly vendorId: string
}

/**
 * Finds ids in `access` that stand for more than one place. An id that the configuration chooses can equal the id of
 * another place. The places of a token are not known in advance: with `access.jwt`, no configured id may be ambiguous.
 */
export function findPlaceMistakes(
  access: AccessConfig,
  configured: readonly NamedPlace[],
  locate: (path: SettingPath) => string,
): readonly string[] {
  if (access === 'public') return []
  const ambiguous = findAmbiguousIds(configured)
  const listed = (['apiKeys', 'feeds'] as const).flatMap((list) =>
    access[list].flatMap(({ places }, entry) =>
      (places ?? []).flatMap((id, index) => {
        const kinds = ambiguous.get(id)
        return kinds
          ? [`${locate(['access', list, entry, 'places', index])}: the id of ${kinds}; expected the id of one place`]
          : []
      }),
    ),
  )
  if (access.jwt.length === 0) return listed
  const inTokens = [...ambiguous].map(
    ([id, kinds]) =>
      `${locate(['access', 'jwt'])}: ${id} is the id of ${kinds}, and tokens list places by id; expected distinct ids: ` +
      'rename the place whose id you have chosen, or configure only one of these places',
  )
  return [...listed, ...inTokens]
}

/** Returns the ids that places of several kinds have, with these kinds as text. */
function findAmbiguousIds(configured: readonly NamedPlace[]): ReadonlyMap<string, string> {
  const kindsById = new Map<string, Set<string>>()
  for (const { __typename, vendorId } of configured)
    kindsById.set(vendorId, (kindsById.get(vendorId) ?? new Set()).add(__typename))
  const ambiguous = [...kindsById].filter(([, kinds]) => kinds.size > 1)
  return new Map(ambiguous.map(([id, kinds]) => [id, [...kinds].sort().join(' and ')]))
}
