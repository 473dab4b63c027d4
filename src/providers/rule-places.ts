import type { SettingPath } from '../config/mistakes.ts'
import type { MissingPlaces, PlaceIndex } from '../operation.ts'
import type { OwnerRule } from '../owners/owner-rule.ts'
import { OwnerRules } from '../owners/owner-rules.ts'
import { idPattern } from '../upstream/url.ts'
import { parseGlobalId, typenameIn } from './global-id.ts'
import { hasCertificates } from './known-places.ts'
import type { Place } from './place.ts'
import type { Vendor } from './provider.ts'

/** What an id of a place in the configuration stands for, or why it cannot be used. */
type Resolved =
  | {
      readonly id: string
      /** The vendor's id of a place that is not configured: a vendor may list it. */
      readonly undiscovered?: string | undefined
    }
  | { readonly mistake: string }

/** A place in a rule that a vendor may list. */
export interface UndiscoveredPlace {
  /** The setting with the place, after its position in the file. */
  readonly setting: string
  readonly vendorId: string
}

interface OwnerConfiguration {
  readonly owners: OwnerRules
  /** As those of the configuration file. */
  readonly mistakes: readonly string[]
  readonly undiscovered: readonly UndiscoveredPlace[]
}

/** A vendor, as far as the configuration shows its places. */
type ConfiguredVendor = Pick<Vendor, 'provider' | 'configured' | 'discoveries' | 'lookups'>

const notConfigured =
  'is neither configured nor discovered; expected the id of a place in the configuration, or of one that a vendor lists'

/** The rules for owners, with the ids of their places, and the mistakes in these. */
export function createOwnerRules(
  rules: readonly OwnerRule[],
  vendors: readonly ConfiguredVendor[],
  locate: (path: SettingPath) => string,
): OwnerConfiguration {
  const undiscovered: UndiscoveredPlace[] = []
  const resolved = rules.map(({ match, owner }, rule) => {
    const places = match.places?.flatMap((text, index) => {
      const place = resolveRulePlace(text, vendors, match.provider)
      if ('mistake' in place) return []
      if (place.undiscovered !== undefined)
        undiscovered.push({ setting: locate(pathOf(rule, index)), vendorId: place.undiscovered })
      return place.id
    })
    return { match: { ...match, places: places ?? null }, owner }
  })
  return { owners: new OwnerRules(resolved), mistakes: findRuleMistakes(rules, vendors, locate), undiscovered }
}

/**
 * Finds the mistakes in the places of rules.
 * @param rules undefined: a rule that cannot be read
 */
export function findRuleMistakes(
  rules: readonly (OwnerRule | undefined)[],
  vendors: readonly ConfiguredVendor[],
  locate: (path: SettingPath) => string,
): readonly string[] {
  return rules.flatMap((each, rule) =>
    (each?.match.places ?? []).flatMap((text, index) => {
      const place = resolveRulePlace(text, vendors, each?.match.provider ?? null)
      return 'mistake' in place ? [`${locate(pathOf(rule, index))}: ${place.mistake}`] : []
    }),
  )
}

const pathOf = (rule: number, place: number): SettingPath => ['owners', rule, 'match', 'places', place]

/**
 * Finds the place that a rule names, by global id or by the vendor's id, as `filter.placeIds` does. Certificates are looked up
 * by the place that holds them: a place below it would never match.
 * @param provider null: any
 */
function resolveRulePlace(text: string, vendors: readonly ConfiguredVendor[], provider: string | null): Resolved {
  const searched = vendors.filter((vendor) => provider === null || vendor.provider === provider)
  const named = vendors.find(({ lookups }) => lookups[typenameIn(text)])
  if (named) return searched.includes(named) ? resolveGlobalId(text, named) : { mistake: notOf(provider) }
  const places = searched.flatMap(({ configured }) => configured).filter(({ vendorId }) => vendorId === text)
  const holders = new Map(places.filter(isHolder).map((place) => [place.id, place]))
  if (holders.size > 1)
    return {
      mistake: `is the id of ${holders.size} places; expected the global id of one of them, from \`certificatePlaces\``,
    }
  const [holder] = holders.values()
  if (holder) return { id: holder.id }
  const [below] = places
  if (below) return { mistake: heldAbove(below) }
  if (vendors.some(({ configured }) => configured.some(({ vendorId }) => vendorId === text)))
    return { mistake: notOf(provider) }
  const mayBeDiscovered = searched.some((vendor) => vendor.discoveries.length > 0 && isSearchedBelow(vendor))
  return mayBeDiscovered && idPattern.test(text) ? { id: text, undiscovered: text } : { mistake: notConfigured }
}

function resolveGlobalId(text: string, vendor: ConfiguredVendor): Resolved {
  const typename = typenameIn(text)
  if (vendor.lookups[typename]?.kind !== 'place')
    return { mistake: `is the id of the type ${typename}; expected that of a place` }
  const place = vendor.configured.find(({ id }) => id === text)
  if (place) return isHolder(place) ? { id: text } : { mistake: heldAbove(place) }
  const isRoot = vendor.configured.some((root) => root.__typename === typename && parentOf(root) === null)
  const mayBeDiscovered = vendor.discoveries.length > 0 && !isRoot
  const key = keyOf(text)
  if (!mayBeDiscovered || key === null) return { mistake: notConfigured }
  return isSearchedBelow(vendor)
    ? { id: text, undiscovered: key.at(-1) }
    : { mistake: heldAbove({ __typename: typename }) }
}

/** The vendors' ids that a global id is made of; null when it is malformed. */
function keyOf(text: string): readonly string[] | null {
  try {
    return parseGlobalId(text).key
  } catch {
    return null
  }
}

function heldAbove({ __typename, ...place }: Pick<Place, '__typename'> & { readonly parent?: Place | null }): string {
  const account = place.parent ? `, ${place.parent.vendorId}` : ''
  return `is the id of a place of the type ${__typename}, whose certificates belong to its account; expected the id of the account${account}`
}

function notOf(provider: string | null): string {
  return `is a place of another vendor than the provider of the rule; expected a place of ${provider}`
}

/** The list of a place in a rule, for the check that the place is discovered. One below a place with a list does not count. */
export function checkedList(
  { setting, vendorId }: UndiscoveredPlace,
  vendors: readonly ConfiguredVendor[],
  { missingOf, heldBy }: Pick<PlaceIndex, 'missingOf' | 'heldBy'>,
) {
  const holders = vendors.flatMap(({ configured }) => configured).filter(hasCertificates)
  return {
    places: [vendorId],
    warn: (place: string) =>
      `${setting}: ${place} is neither configured nor discovered as a place that holds certificates; the rule matches none there`,
    missingOf(ids: Iterable<string>): MissingPlaces {
      const { ids: missing, isCertain } = missingOf(ids)
      const below = holders.flatMap(({ id }) => heldBy(id, ids))
      return { ids: [...new Set([...missing, ...below])], isCertain }
    },
  }
}

/** Whether the certificates of a vendor are held by the places below its accounts. */
function isSearchedBelow({ configured }: ConfiguredVendor): boolean {
  return configured.every((place) => parentOf(place) !== null || !hasCertificates(place))
}

/** Whether certificates have the place, or are in places below it. */
function isHolder(place: Place): boolean {
  const parent = parentOf(place)
  return parent === null || !hasCertificates(parent)
}

function parentOf(place: Place & { readonly parent?: Place | null }): Place | null {
  return place.parent ?? null
}
