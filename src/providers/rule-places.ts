import type { OwnerRule } from '../owners/owner-rule.ts'
import { OwnerRules } from '../owners/owner-rules.ts'
import { idPattern } from '../upstream/url.ts'
import { parseGlobalId, typenameIn } from './global-id.ts'
import { hasCertificates } from './known-places.ts'
import type { Place } from './place.ts'
import type { Vendor } from './provider.ts'

/** What an id of a place in the configuration stands for, or why it cannot be used. */
type Resolved = { readonly id: string } | { readonly mistake: string }

/** A vendor, as far as the configuration shows its places. */
type ConfiguredVendor = Pick<Vendor, 'provider' | 'configured' | 'discoveries' | 'lookups'>

const notConfigured =
  'is neither configured nor discovered; expected the id of a place in the configuration, or of one that a vendor lists'

/** The rules for owners, with the ids of their places, and the mistakes in these. */
export function createOwnerRules(
  rules: readonly OwnerRule[],
  vendors: readonly ConfiguredVendor[],
): { readonly owners: OwnerRules; readonly mistakes: readonly string[] } {
  const mistakes: string[] = []
  const resolved = rules.map(({ match, owner }, rule) => {
    const places = match.places?.flatMap((text, index) => {
      const place = resolveRulePlace(text, vendors, match.provider)
      if ('id' in place) return place.id
      mistakes.push(`owners[${rule}].match.places[${index}]: ${place.mistake}`)
      return []
    })
    return { match: { ...match, places: places ?? null }, owner }
  })
  return { owners: new OwnerRules(resolved), mistakes }
}

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
  return mayBeDiscovered && idPattern.test(text) ? { id: text } : { mistake: notConfigured }
}

function resolveGlobalId(text: string, vendor: ConfiguredVendor): Resolved {
  const typename = typenameIn(text)
  if (vendor.lookups[typename]?.kind !== 'place')
    return { mistake: `is the id of the type ${typename}; expected that of a place` }
  const place = vendor.configured.find(({ id }) => id === text)
  if (place) return isHolder(place) ? { id: text } : { mistake: heldAbove(place) }
  const isRoot = vendor.configured.some((root) => root.__typename === typename && parentOf(root) === null)
  const mayBeDiscovered = vendor.discoveries.length > 0 && !isRoot
  if (!mayBeDiscovered || !isGlobalId(text)) return { mistake: notConfigured }
  return isSearchedBelow(vendor) ? { id: text } : { mistake: heldAbove({ __typename: typename }) }
}

function isGlobalId(text: string): boolean {
  try {
    parseGlobalId(text)
    return true
  } catch {
    return false
  }
}

function heldAbove({ __typename, ...place }: Pick<Place, '__typename'> & { readonly parent?: Place | null }): string {
  const account = place.parent ? `, ${place.parent.vendorId}` : ''
  return `is the id of a place of the type ${__typename}, whose certificates belong to its account; expected the id of the account${account}`
}

function notOf(provider: string | null): string {
  return `is a place of another vendor than the provider of the rule; expected a place of ${provider}`
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
