import type { CertificateList } from '../../catalog/certificate-list.ts'
import type { Caller } from '../../operation.ts'
import type { KnownPlace, KnownPlaces } from '../../providers/known-places.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import { maxListItems } from '../list-limit.ts'
import type { CertificateFilterInput } from '../search/filter-input.ts'

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
  readonly duplicates: () => { readonly certificates: number; readonly rows: number }
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

export function createSizes(vendors: readonly SizedVendor[], caller: Pick<Caller, 'places'>): Sizes {
  const known = vendors.map((vendor) => vendor.knownPlaces({ caller }))
  const places = known.flatMap((each) => each.places)
  const unknown = countUnknown(known, caller, places.length)
  const searched = places.filter(({ isSearched }) => isSearched)

  function chosen({ placeIds, providers }: Where): { readonly found: readonly KnownPlace[]; readonly others: number } {
    const isWanted = ({ place }: KnownPlace) => !providers || providers.includes(place.provider)
    if (!placeIds) return { found: searched.filter(isWanted), others: unknown.searched }
    // A longer list is an error when it is executed.
    const ids = new Set(placeIds.slice(0, maxListItems))
    const found = new Set<KnownPlace>()
    const matched = new Set<string>()
    for (const each of places) {
      for (const place of [each.place, each.parent]) {
        if (!place) continue
        for (const id of [place.id, place.vendorId]) {
          if (!ids.has(id)) continue
          matched.add(id)
          // A list of an account has the certificates of the places below it.
          if (each.list !== undefined && (place === each.place || each.isSearched)) found.add(each)
        }
      }
    }
    return { found: [...found].filter(isWanted), others: ids.size - matched.size }
  }

  return {
    rows(where = {}) {
      const { found, others } = chosen(where)
      return found.reduce((sum, { list }) => sum + (list?.rows.length ?? assumedRows), others * assumedRows)
    },
    lists(where = {}) {
      const { found, others } = chosen(where)
      return found.length + others
    },
    largest(typename) {
      const ofType = places.filter(({ place }) => typename === undefined || place.__typename === typename)
      return Math.max(0, ...ofType.flatMap(({ list }) => (list === undefined ? [] : (list?.weight ?? assumedRows))))
    },
    places: places.length + unknown.places,
    discoveries: {
      all: known.reduce((sum, { discoveries }) => sum + discoveries.all, 0),
      searched: known.reduce((sum, { discoveries }) => sum + discoveries.searched, 0),
    },
    duplicates: () => countDuplicates(searched.flatMap(({ list }) => list ?? [])),
    mayOverlap: caller.places !== null,
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
  const sum = (of: (each: KnownPlaces) => number) => assumedLength * known.reduce((total, each) => total + of(each), 0)
  return {
    places: sum(({ unlisted }) => unlisted),
    searched: sum(({ unlisted, isSearchedBelow }) => (isSearchedBelow ? unlisted : 0)),
  }
}

/** The certificates in the lists of two or more places. */
function countDuplicates(lists: readonly CertificateList<PlacedCertificate>[]) {
  const found = new Map<string, { readonly place: string; rows: number; isElsewhere: boolean }>()
  for (const { rows } of lists) {
    for (const { x509, place } of rows) {
      const { sha256Fingerprint } = x509
      if (!sha256Fingerprint) continue
      const before = found.get(sha256Fingerprint)
      if (!before) {
        found.set(sha256Fingerprint, { place: place.id, rows: 1, isElsewhere: false })
        continue
      }
      before.rows += 1
      before.isElsewhere ||= before.place !== place.id
    }
  }
  const duplicates = [...found.values()].filter(({ isElsewhere }) => isElsewhere)
  return { certificates: duplicates.length, rows: duplicates.reduce((sum, { rows }) => sum + rows, 0) }
}
