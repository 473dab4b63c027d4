import type { CertificateList } from '../catalog/certificate-list.ts'
import type { Caller } from '../operation.ts'
import type { Discovery } from './discovery.ts'
import type { CertificateHolder, Place, PlacedCertificate } from './place.ts'
import { isVisible } from './visibility.ts'

/** The caller of an operation. */
interface Visitor {
  readonly caller: Pick<Caller, 'places'>
}

/** A place that a caller may see, as the last readings show it. */
export interface KnownPlace {
  readonly place: Place
  /** The account that it belongs to; null for an account. */
  readonly parent: Place | null
  /** Its list; null when it was not read yet, and undefined for a place without a list. */
  readonly list: CertificateList<PlacedCertificate> | null | undefined
  /** Whether a search without `placeIds` reads it. */
  readonly isSearched: boolean
}

/** The places of one vendor that a caller may see, without a call. */
export interface KnownPlaces {
  readonly places: readonly KnownPlace[]
  /** The accounts whose places the vendor lists, and how many of these lists a search without `placeIds` reads. */
  readonly discoveries: { readonly all: number; readonly searched: number }
  /** The accounts whose places were not listed yet. */
  readonly unlisted: number
  /** Whether the certificates are in the lists of the places below the accounts. */
  readonly isSearchedBelow: boolean
}

interface Account<Child extends Place> extends Place {
  readonly below: Discovery<Child>
}

/** Lists the accounts that the caller may see, and the places below each account that they may see. */
export function findKnownPlaces<Child extends CertificateHolder>(
  visitor: Visitor,
  accounts: readonly Account<Child>[],
): KnownPlaces {
  const places = new Map<string, KnownPlace>()
  const discoveries = { all: 0, searched: 0 }
  let unlisted = 0
  // A place that several accounts reach is read through an account that the caller may see, if there is one.
  const seen = accounts.filter((account) => isVisible(visitor, account))
  const hidden = seen.length === accounts.length ? [] : accounts.filter((account) => !seen.includes(account))
  for (const account of seen) {
    const list = hasCertificates(account) ? account.lastList() : undefined
    places.set(account.id, { place: account, parent: null, list, isSearched: list !== undefined })
  }
  for (const [isSeen, group] of [
    [true, seen],
    [false, hidden],
  ] as const) {
    for (const account of group) {
      const below = account.below.lastPlaces(visitor)
      const isSearched = !(isSeen && hasCertificates(account))
      const added = (below ?? []).filter(({ id }) => !places.has(id))
      // A hidden account that adds nothing is not reported on: the price must not tell that it exists.
      if (account.below.isDiscovered && (isSeen || added.length > 0)) {
        discoveries.all += 1
        if (isSearched) discoveries.searched += 1
      }
      if (isSeen && below === null) unlisted += 1
      for (const place of added) places.set(place.id, { place, parent: account, list: place.lastList(), isSearched })
    }
  }
  return { places: [...places.values()], discoveries, unlisted, isSearchedBelow: !accounts.some(hasCertificates) }
}

/** Whether an account has a list of its own. */
export function hasCertificates<Root extends Place>(place: Root): place is Root & CertificateHolder {
  return 'read' in place
}
