import { type ExpiryRules, expiryStatus } from '../catalog/expiry.ts'
import type { RecordedChange } from '../changes/change.ts'
import type { Caller, PlaceIndex } from '../operation.ts'
import type { OwnerRules } from '../owners/owner-rules.ts'
import { hasCertificates, type KnownPlace } from '../providers/known-places.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { responseTime } from '../response-time.ts'
import type { Clock } from '../upstream/clock.ts'
import { isCrossing } from './crossings.ts'
import type { CertificateEvent } from './event.ts'

/** What events are made from. */
export interface EventSources {
  readonly vendors: readonly Pick<Vendor, 'knownPlaces'>[]
  readonly owners: Pick<OwnerRules, 'ownerOf'>
  readonly expiry: ExpiryRules
  readonly placeIndex?: PlaceIndex | undefined
  readonly clock: Clock
}

/** The events that a change may be sent as: for a threshold, first that of the account that lists the certificate too. */
export type EventsOf = (change: RecordedChange) => readonly CertificateEvent[]

export const notifier: Caller = { name: 'notify', permissions: new Set(), places: null, isIdentified: false }
/** Milliseconds for a reading that another replica has made. */
const maxWait = 25_000

/** Prepares the events of changes, with the certificates as the last readings have them. */
export async function createEventsOf(
  changes: readonly RecordedChange[],
  sources: EventSources,
  signal: AbortSignal,
): Promise<EventsOf> {
  const known = listPlaces(sources)
  const outdated = new Map<string, KnownPlace & { readonly since: number }>()
  for (const change of changes) {
    const place = known.get(change.placeId)
    if (place && change.kind !== 'VANISHED' && !place.list?.find(change.certificateId))
      outdated.set(change.placeId, { ...place, since: Math.max(change.at, outdated.get(change.placeId)?.since ?? 0) })
  }
  if (outdated.size === 0) return eventsIn(known, sources)
  await Promise.all([...outdated.values()].map((each) => readAgain(each, sources, signal)))
  return eventsIn(listPlaces(sources), sources)
}

function listPlaces({ vendors }: EventSources): ReadonlyMap<string, KnownPlace> {
  const known = vendors.flatMap((vendor) => vendor.knownPlaces({ caller: notifier }).places)
  return new Map(known.map((each) => [each.place.id, each]))
}

/** Another replica has made the reading with the change: this process has an older one until then. */
async function readAgain(
  { place, since }: KnownPlace & { readonly since: number },
  { clock, placeIndex }: EventSources,
  signal: AbortSignal,
): Promise<void> {
  if (!hasCertificates(place)) return
  const now = clock.now()
  const operation = {
    requestId: 'notify',
    caller: notifier,
    now,
    deadline: clock.elapsed() + maxWait,
    signal,
    timeSlice: responseTime,
    ...(placeIndex && { placeIndex }),
  }
  await place.read(operation, Math.max(0, now - since)).catch(() => {})
}

function eventsIn(known: ReadonlyMap<string, KnownPlace>, { owners, expiry }: EventSources): EventsOf {
  const eventIn = (change: RecordedChange, at: KnownPlace | undefined, certificate: PlacedCertificate | null) => {
    const { provider, name, expiresAt } = change
    const place = at?.place ?? {
      __typename: '',
      id: change.placeId,
      provider,
      vendorId: change.placeVendorId,
      name: null,
    }
    const row = certificate ?? { provider, name, place, x509: {} }
    const expiring = certificate ?? { provider, expiresAt, validFrom: null, declaredExpired: false }
    return {
      change,
      place: { id: place.id, provider, vendorId: place.vendorId, name: place.name },
      certificate,
      owner: owners.ownerOf(row),
      status: change.expiryStatus ?? expiryStatus(expiring, change.at, expiry),
    }
  }
  return (change) => {
    const at = known.get(change.placeId)
    // A deleted certificate may still be listed as such.
    const own = eventIn(change, at, change.kind === 'VANISHED' ? null : (at?.list?.find(change.certificateId) ?? null))
    const account = isCrossing(change) && at?.parent ? known.get(at.parent.id) : undefined
    const listed = account?.list?.find(change.certificateId)
    return account && listed ? [eventIn(change, account, listed), own] : [own]
  }
}
