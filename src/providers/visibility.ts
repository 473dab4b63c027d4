import { InputError } from '../input-error.ts'
import type { Caller, Operation } from '../operation.ts'
import { type ReadingFailure, UpstreamError } from '../upstream/error.ts'
import type { Place, Source } from './place.ts'
import { failedSource } from './source.ts'

/** An operation, as far as visibility depends on it. */
interface Visitor {
  readonly caller: Pick<Caller, 'places'>
}

/**
 * Whether the caller may see a place. To a caller with a list of places, every other place is as if it were not
 * configured.
 */
export function isVisible({ caller: { places } }: Visitor, { vendorId }: Pick<Place, 'vendorId'>): boolean {
  return places === null || places.has(vendorId)
}

/** The places that the caller may see. */
export function visibleOf<Item extends Pick<Place, 'vendorId'>>(
  operation: Visitor,
  places: readonly Item[],
): readonly Item[] {
  return operation.caller.places === null ? places : places.filter((place) => isVisible(operation, place))
}

/**
 * The places to search for a place below them by its id: all of them if the caller may see that place, otherwise only
 * those that the caller may see.
 */
export function placesThatMayHold<Item extends Pick<Place, 'vendorId'>>(
  operation: Operation,
  places: readonly Item[],
  id: string | undefined,
): readonly Item[] {
  return id !== undefined && isVisible(operation, { vendorId: id }) ? places : visibleOf(operation, places)
}

/**
 * Guards what belongs to the place itself: a caller who can see a place below it gets only its id and name.
 * @throws InputError FORBIDDEN
 */
export function assertVisible(operation: Operation, place: Place): void {
  if (!isVisible(operation, place)) throw forbiddenError(place)
}

/** The message of a vendor may name places that a caller with a list of places does not see. */
export function withoutVendorMessage({ caller }: Operation, error: ReadingFailure): ReadingFailure {
  if (caller.places === null || !(error instanceof UpstreamError)) return error
  const { httpStatus } = error.details
  if (httpStatus === undefined) return error
  return new UpstreamError(error.code, `the vendor answered ${httpStatus} to a call for this change`, error.details)
}

/** The report on a place that the caller may not see, but has met as the parent of a place that they see. */
export function hiddenSource(place: Place, kind: Source['kind']): Source {
  return failedSource(place, kind, forbiddenError(place))
}

function forbiddenError(place: Place): InputError {
  return new InputError(`${place.vendorId} is not among the places of this caller`, 'FORBIDDEN').at(place)
}

/** Whether a discovery below the place may find a place for the caller. If not, it is not made. */
export function mayFind({ caller: { places }, placeIndex }: Operation, place: Place): boolean {
  return places === null || places.has(place.vendorId) || placeIndex?.mayHold(place.id, places) !== false
}
