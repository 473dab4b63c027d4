import type { Caller } from '../operation.ts'
import type { ObservedPlace } from '../upstream/list-observer.ts'
import type { Discovery } from './discovery.ts'
import { hasCertificates } from './known-places.ts'
import type { CertificateHolder, Place } from './place.ts'
import { isVisible, visibleOf } from './visibility.ts'

interface Account<Child extends Place> extends Place {
  readonly below: Discovery<Child>
}

/** The caller of an operation. */
interface Visitor {
  readonly caller: Pick<Caller, 'places'>
}

const everyone: Visitor = { caller: { places: null } }

/**
 * Finds a place in the history by what the configuration and the last discoveries say. A place whose account was never
 * listed, such as during an outage after a restart, may still be there.
 */
export function findRecordedPlace<Child extends CertificateHolder>(
  visitor: Visitor,
  recorded: ObservedPlace,
  accounts: readonly Account<Child>[],
): CertificateHolder | null {
  if (!isVisible(visitor, recorded)) return null
  const own = indexOf(accounts).get(recorded.id)
  if (own && hasCertificates(own) && own.historyKey === recorded.historyKey) return own
  const seen = visibleOf(visitor, accounts)
  // A place that several accounts reach is shown with an account that the caller may see, if there is one.
  const ordered = seen.length === accounts.length ? seen : [...seen, ...accounts.filter((each) => !seen.includes(each))]
  for (const account of ordered) {
    const place = findBelow(account, recorded)
    if (place?.historyKey === recorded.historyKey) return place
  }
  return null
}

function findBelow<Child extends CertificateHolder>(
  account: Account<Child>,
  { id, vendorId }: ObservedPlace,
): CertificateHolder | null {
  const places = account.below.lastPlaces(everyone)
  if (places) return indexOf(places).get(id) ?? null
  const place = account.below.get(everyone, vendorId)
  return place?.id === id ? place : null
}

/** The places of each list by id. A list of discovered places is the same while its reading is. */
const indexes = new WeakMap<readonly Place[], ReadonlyMap<string, Place>>()

function indexOf<Item extends Place>(places: readonly Item[]): ReadonlyMap<string, Item> {
  // The index of a list has the items of that list.
  const known = indexes.get(places) as ReadonlyMap<string, Item> | undefined
  if (known) return known
  const index = new Map(places.map((place) => [place.id, place]))
  indexes.set(places, index)
  return index
}
