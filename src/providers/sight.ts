import { UpstreamError } from '../upstream/error.ts'
import type { Caller, Operation } from '../upstream/operation.ts'
import type { Place } from './place.ts'
import type { Source } from './source.ts'

/** Whether the caller may see a place. To one with a list of places, all others are as if nobody had configured them. */
export function isSeen({ caller: { places } }: Operation, { vendorId }: Pick<Place, 'vendorId'>): boolean {
  return places === null || places.has(vendorId)
}

/** Those of the places that the caller may see. */
export function seenOf<Item extends Pick<Place, 'vendorId'>>(
  operation: Operation,
  places: readonly Item[],
): readonly Item[] {
  return operation.caller.places === null ? places : places.filter((place) => isSeen(operation, place))
}

/**
 * For what only the place itself may tell: a caller who sees a place below it knows no more than its id and name.
 * @throws UpstreamError FORBIDDEN
 */
export function refuseUnseen(operation: Operation, place: Place): void {
  if (!isSeen(operation, place)) throw refusalOf(place)
}

/** The report on a place that the caller may not see, but knows by one below it. */
export function unseenSource(scope: Place, kind: Source['kind']): Source {
  const nothing = { asOf: null, certificateCount: null, unreadableRows: 0 }
  return { scope, kind, status: 'FAILED', ...nothing, error: refusalOf(scope) }
}

function refusalOf(place: Place): UpstreamError {
  return new UpstreamError('FORBIDDEN', `${place.vendorId} is not among the places of this caller`).at(place)
}

/**
 * Whether the caller may know of a discovery. One that found nothing for them is nobody's business; one that failed, or lost
 * rows, may have had their place in it.
 */
export function isDiscoverySeen(
  operation: Operation,
  { scope, error, unreadableRows }: Source,
  found: number,
): boolean {
  if (isSeen(operation, scope) || found > 0) return true
  return operation.seeksPlaces === true && (error !== null || unreadableRows > 0)
}

/** Tells of a caller whether they may see a place that is none of those configured: then only a discovery can find it. */
export function createSeeks(configured: readonly Place[]): (caller: Caller) => boolean {
  const named = new Set(configured.map(({ vendorId }) => vendorId))
  return ({ places }) => places !== null && [...places].some((id) => !named.has(id))
}
