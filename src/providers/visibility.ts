import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import { type ReadingFailure, UpstreamError } from '../upstream/error.ts'
import type { Place } from './place.ts'
import { failedSource, type Source } from './source.ts'

/** Whether the caller may see a place. To one with a list of places, all others are as if nobody had configured them. */
export function isVisible({ caller: { places } }: Operation, { vendorId }: Pick<Place, 'vendorId'>): boolean {
  return places === null || places.has(vendorId)
}

/** Those of the places that the caller may see. */
export function visibleOf<Item extends Pick<Place, 'vendorId'>>(
  operation: Operation,
  places: readonly Item[],
): readonly Item[] {
  return operation.caller.places === null ? places : places.filter((place) => isVisible(operation, place))
}

/** The places that may have a place below them: what the caller may not see is in none that they do not see either. */
export function placesThatMayHold<Item extends Pick<Place, 'vendorId'>>(
  operation: Operation,
  places: readonly Item[],
  id: string | undefined,
): readonly Item[] {
  return id !== undefined && isVisible(operation, { vendorId: id }) ? places : visibleOf(operation, places)
}

/**
 * For what only the place itself may tell: a caller who sees a place below it knows no more than its id and name.
 * @throws InputError FORBIDDEN
 */
export function assertVisible(operation: Operation, place: Place): void {
  if (!isVisible(operation, place)) throw refusalOf(place)
}

/** What a vendor says on the way to a change may be about places that a caller with a list of places does not see. */
export function withoutVendorMessage({ caller }: Operation, error: ReadingFailure): ReadingFailure {
  if (caller.places === null || !(error instanceof UpstreamError)) return error
  const { httpStatus } = error.details
  if (httpStatus === undefined) return error
  return new UpstreamError(
    error.code,
    `the vendor answered ${httpStatus} to a call that this change takes`,
    error.details,
  )
}

/** The report on a place that the caller may not see, but knows by one below it. */
export function hiddenSource(place: Place, kind: Source['kind']): Source {
  return failedSource(place, kind, refusalOf(place))
}

function refusalOf(place: Place): InputError {
  return new InputError(`${place.vendorId} is not among the places of this caller`, 'FORBIDDEN').at(place)
}

/** Whether a discovery of the place may find a place for the caller: else it is not even made. */
export function mayFind({ caller: { places }, placeIndex }: Operation, place: Place): boolean {
  return places === null || places.has(place.vendorId) || placeIndex?.mayHold(place.id, places) !== false
}

/**
 * Whether the caller may know of a discovery. One that found nothing for them is nobody's business; one that failed, or lost
 * rows, may have had their place in it, unless that turns out to be elsewhere: right after the start nothing is known yet.
 */
export async function isDiscoveryVisible(
  operation: Operation,
  { place, error, unreadableRows }: Source,
  found: number,
): Promise<boolean> {
  if (isVisible(operation, place) || found > 0) return true
  if (error === null && unreadableRows === 0) return false
  await operation.placeIndex?.learn?.(operation, 'all')
  return mayFind(operation, place)
}
