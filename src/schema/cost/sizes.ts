import type { Caller } from '../../operation.ts'
import type { KnownPlace, KnownPlaces } from '../../providers/known-places.ts'
import { maxListItems } from '../list-limit.ts'
import type { CertificateFilterInput } from '../search/filter-input.ts'
import { countDuplicates, type DuplicateCounts } from './duplicate-counts.ts'

/** The assumed rows of a place that was not read yet. */
export const assumedRows = 50
/** The assumed number of places below an account whose places were not listed yet, and of a list of unknown length. */
export const assumedLength = 10

type Where = Pick<CertificateFilterInput, 'placeIds' | 'providers'>

/**
 * The sizes of what a caller may see, in the last readings. No call is made for them. What a caller may not see does not
 * change them, or the price of a query would reveal its size.
 */
export interface Sizes {
  /** The rows of all lists that a search reads. */
  rows(where?: Where): number
  /** The lists that a search reads. */
  lists(where?: Where): number
  /** The rows of the largest list of a place of this type, or of any type. */
  largest(typename?: string): number
  readonly places: number
  /** The accounts whose places a vendor lists, and how many of these lists a search reads. */
  readonly discoveries: { readonly all: number; readonly searched: number }
  /** The certificates that several places have, and how many rows those are. */
  readonly duplicates: () => DuplicateCounts
  /** Whether each search compares the lists with each other, as they may overlap. */
  readonly mayOverlap: boolean
}

/** The sizes while nothing is known, such as at the start. */
export const noSizes: Sizes = {
  rows: () => 0,
  lists: () => assumedLength,
  largest: () => 0,
  places: assumedLength,
  discoveries: { all: 0, searched: 0 },
  duplicates: () => ({ certificates: assumedLength, rows: assumedLength * assumedLength }),
  mayOverlap: false,
}

/** What is known of the places of each vendor. */
interface SizedVendor {
  readonly provider: string
  knownPlaces(visitor: { readonly caller: Pick<Caller, 'places'> }): KnownPlaces
}

/** The rows and the lists of some places. */
interface ListSize {
  readonly rows: number
  readonly lists: number
}

/** @param onUse called when a size is taken from the last readings */
export function createSizes(
  vendors: readonly SizedVendor[],
  caller: Pick<Caller, 'places'>,
  onUse: () => void = () => {},
): Sizes {
  // Most operations need no sizes, and none needs one twice: a hostile document has thousands of fields.
  const known = once(() => {
    onUse()
    return vendors.map((vendor) => vendor.knownPlaces({ caller }))
  })
  const places = once(() => known().flatMap((each) => each.places))
  const unknown = once(() => countUnknown(known(), caller, places().length))
  const byProvider = once(() => groupBy(places().filter(isSearched), ({ place }) => [place.provider]))
  const sizeByProvider = once(() => new Map([...byProvider()].map(([provider, group]) => [provider, sizeOf(group)])))
  const byId = once(() => groupBy(places(), idsOf))
  const largestByType = once(() => new Map([...groupBy(places(), ({ place }) => [place.__typename])].map(toLargest)))

  function sizeWhere({ placeIds, providers }: Where): ListSize {
    const isWanted = (provider: string) => !providers || providers.includes(provider)
    if (!placeIds) {
      const { searched } = unknown()
      const wanted = [...sizeByProvider()].filter(([provider]) => isWanted(provider)).map(([, size]) => size)
      return sum([...wanted, { rows: searched * assumedRows, lists: searched }])
    }
    // A longer list is an error when it is executed.
    const ids = [...new Set(placeIds.slice(0, maxListItems))]
    const named = ids.flatMap((id) => (byId().get(id) ?? []).filter(({ place }) => isWanted(place.provider)))
    const others = ids.filter((id) => !byId().has(id)).length
    return sum([sizeOf([...new Set(named)]), { rows: others * assumedRows, lists: others }])
  }

  return {
    rows: (where = {}) => sizeWhere(where).rows,
    lists: (where = {}) => sizeWhere(where).lists,
    largest: (typename) =>
      typename === undefined ? Math.max(0, ...largestByType().values()) : (largestByType().get(typename) ?? 0),
    get places() {
      return places().length + unknown().places
    },
    get discoveries() {
      const count = (of: 'all' | 'searched') => known().reduce((total, { discoveries }) => total + discoveries[of], 0)
      return { all: count('all'), searched: count('searched') }
    },
    duplicates: once(() => countDuplicates([...byProvider().values()].flat().flatMap(({ list }) => list ?? []))),
    mayOverlap: caller.places !== null,
  }
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined
  return () => {
    known ??= { value: compute() }
    return known.value
  }
}

const isSearched = (known: KnownPlace) => known.isSearched

/** The ids by which a filter selects the list of a place. The id of an account selects the lists of the places below it. */
function idsOf({ place, parent, list, isSearched }: KnownPlace): readonly string[] {
  if (list === undefined) return []
  return [place, ...(parent && isSearched ? [parent] : [])].flatMap(({ id, vendorId }) => [id, vendorId])
}

function groupBy(
  places: readonly KnownPlace[],
  keysOf: (place: KnownPlace) => readonly string[],
): ReadonlyMap<string, KnownPlace[]> {
  const groups = new Map<string, KnownPlace[]>()
  for (const place of places) {
    for (const key of keysOf(place)) {
      const group = groups.get(key)
      if (group) group.push(place)
      else groups.set(key, [place])
    }
  }
  return groups
}

/** A list of a place may have more than its certificates, such as enrollments: its weight counts. */
function toLargest([type, group]: [string, readonly KnownPlace[]]): readonly [string, number] {
  const weights = group.map(({ list }) => (list === undefined ? 0 : (list?.weight ?? assumedRows)))
  return [type, weights.reduce((most, weight) => Math.max(most, weight), 0)]
}

/** A search reads the certificates only. */
function sizeOf(places: readonly KnownPlace[]): ListSize {
  return sum(places.map(({ list }) => ({ rows: list?.rows.length ?? assumedRows, lists: 1 })))
}

function sum(sizes: readonly ListSize[]): ListSize {
  return {
    rows: sizes.reduce((total, { rows }) => total + rows, 0),
    lists: sizes.reduce((total, { lists }) => total + lists, 0),
  }
}

/**
 * The places that the caller may see and that no reading has shown. Those of a caller with a list of places are in that
 * list: how many accounts there are does not count.
 */
function countUnknown(known: readonly KnownPlaces[], caller: Pick<Caller, 'places'>, found: number) {
  if (caller.places !== null) {
    const places = Math.max(0, caller.places.size - found)
    return { places, searched: places }
  }
  const count = (of: (each: KnownPlaces) => number) =>
    assumedLength * known.reduce((total, each) => total + of(each), 0)
  return {
    places: count(({ unlisted }) => unlisted),
    searched: count(({ unlisted, isSearchedBelow }) => (isSearchedBelow ? unlisted : 0)),
  }
}
