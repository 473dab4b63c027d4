import type { Caller, MissingPlaces, Operation } from '../operation.ts'
import { callPlanned, isPlannedCall, UpstreamError } from '../upstream/error.ts'
import type { Place, Source } from './place.ts'

/** A place in a sentence: its id at the vendor, and its name if it has one. */
export function placeText({ vendorId, name }: Pick<Place, 'vendorId' | 'name'>): string {
  return name === null ? vendorId : `${vendorId} (${name})`
}

/** Why what was read is incomplete, one sentence for each reading that failed or lost rows; empty when it is complete. */
export function sourceReasons(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => {
    const { status, unreadableRows, error } = source
    const what = readingText(source)
    if (status === 'FAILED') return [`${what} could not be read${error ? `: ${error.code}: ${error.message}` : ''}`]
    if (unreadableRows === 0) return []
    return [`${what} has ${unreadableRows === 1 ? 'a row' : `${unreadableRows} rows`} that could not be read`]
  })
}

/** Why what was read may be old, one sentence for each reading that is stale. */
export function staleReasons(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => {
    const { status, asOf, error } = source
    if (status !== 'STALE') return []
    const since = asOf === null ? '' : ` of ${new Date(asOf).toISOString()}`
    return [`${readingText(source)} is that${since}${error ? `: ${error.code}: ${error.message}` : ''}`]
  })
}

function readingText({ kind, place }: Source): string {
  const what = kind === 'DISCOVERY' ? 'places below' : `${kind.toLowerCase().replaceAll('_', ' ')} of`
  return `The list of ${what} ${placeText(place)}`
}

/**
 * Why an answer about all places is incomplete for a caller with a list of places, one sentence for each place in it that
 * exists nowhere: it may be misspelled, and an empty answer would look like good news.
 */
export function missingPlaceReasons(
  { caller }: Operation,
  missing: MissingPlaces | undefined,
  sources: readonly Source[],
): readonly string[] {
  if (!missing) return []
  const listed = listText(caller)
  if (missing.isCertain) return missing.ids.map((id) => `${id} ${listed} is neither configured nor discovered`)
  // A discovery that may have the place is a reason already.
  if (sources.some((source) => source.kind === 'DISCOVERY' && sourceReasons([source]).length > 0)) return []
  return missing.ids.map((id) => unknownText(id, caller))
}

/**
 * For a search by id that found nothing. A listed place that could not be looked for everywhere may exist: null would say
 * that it does not. The error has the code of the discovery that failed, and not the name of its account.
 * @throws UpstreamError when one of the ids is such a place
 */
export async function assertNotUnknown(operation: Operation, ids: readonly string[]): Promise<void> {
  const [id] = await unknownOf(operation, ids)
  const error = operation.placeIndex?.hiddenFailure(operation)
  if (id === undefined || !error) return
  // Without the call it is not known whether the place exists.
  if (isPlannedCall(error)) throw callPlanned()
  const code = error instanceof UpstreamError ? error.code : 'UPSTREAM_UNAVAILABLE'
  throw new UpstreamError(code, unknownText(id, operation.caller))
}

/**
 * Those of the ids that are in the caller's list of places and may exist, although they were not found: a discovery failed
 * whose report the caller may not see.
 */
export async function unknownOf(operation: Operation, ids: readonly string[]): Promise<readonly string[]> {
  const { caller, placeIndex } = operation
  const listed = ids.filter((id) => caller.places?.has(id))
  if (!placeIndex?.hiddenFailure(operation) || listed.length === 0) return []
  await placeIndex.learn?.(operation, 'all')
  return placeIndex.missingOf(listed, operation).ids
}

function unknownText(id: string, caller: Caller): string {
  return `It is not known whether ${id} ${listText(caller)} exists: not all places could be discovered`
}

/**
 * Why an answer about all places is empty for a caller whose list has only accounts whose certificates are in places below
 * them: an account does not include those places.
 */
export function noHolderReasons({ caller }: Operation, holderCount: number): readonly string[] {
  if (caller.places === null || holderCount > 0) return []
  const listed = listText(caller)
  return [`No place ${listed} has certificates: an account does not include the places below it`]
}

function listText({ credential }: Caller): string {
  return `in the list of this ${credential ?? 'caller'}`
}
