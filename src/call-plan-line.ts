/** A place, as far as a plan names it. */
export interface PlannedPlace {
  readonly id: string
  readonly provider: string
  readonly vendorId: string
  /** The account that it belongs to; null or absent for an account. */
  readonly parent?: PlannedPlace | null
}

/** How many calls, as far as is known. */
export interface CallCount {
  readonly minimum: number
  /** Null when it is not known. */
  readonly maximum: number | null
}

/** The calls for one resource of a place, as the public API has them. */
export interface PlanLine extends Partial<CallCount> {
  readonly provider: string
  /** The vendor's id of the account. Null for a place whose account is not known yet. */
  readonly account: string | null
  /** What the rate limits apply to. Null when it is not known what would be read. */
  readonly resource: string | null
  /** The vendor's id of the place. Null for places that are not known. */
  readonly place: string | null
  /** Absent when the number is not known. */
  readonly calls?: number
  /** What the number depends on. */
  readonly dependsOn: readonly string[]
  /** Whether a reading is kept that is served. */
  readonly cached: boolean
  /** Calls that the rate limit leaves at the moment. Null when no limit is documented. */
  readonly rateLimitRemaining: number | null
}

/** What would be read, and under which rate limit. */
export interface PlannedCalls {
  readonly place: PlannedPlace
  readonly resource: string
  readonly rateLimitRemaining: number | null
}

/** Several of them may be for one resource, such as for two domains. */
export function toPreparationLines(calls: readonly PlannedCalls[]): readonly PlanLine[] {
  const counts = new Map<string, PlannedCalls & { count: number }>()
  for (const call of calls) counts.set(keyOf(call), { ...call, count: (counts.get(keyOf(call))?.count ?? 0) + 1 })
  return [...counts.values()].map((call) => toLine(call, { minimum: call.count, maximum: call.count }, []))
}

export const keyOf = ({ place, resource }: Pick<PlannedCalls, 'place' | 'resource'>) =>
  JSON.stringify([place.id, place.parent?.id, resource])

export const nameOf = ({ place, resource }: Pick<PlannedCalls, 'place' | 'resource'>) =>
  `${resource} of ${place.vendorId}`

interface LineSource {
  readonly place: Omit<PlannedPlace, 'vendorId'> & { readonly vendorId: string | null }
  readonly resource: string | null
  readonly rateLimitRemaining: number | null
}

export function toLine(
  { place, resource, rateLimitRemaining }: LineSource,
  count: CallCount,
  dependsOn: readonly string[],
  cached = false,
): PlanLine {
  return {
    provider: place.provider,
    account: place.parent?.vendorId ?? String(place.vendorId),
    resource,
    place: place.vendorId,
    ...toCount(count),
    dependsOn,
    cached,
    rateLimitRemaining,
  }
}

export function toCount({ minimum, maximum }: CallCount): { readonly calls: number } | CallCount {
  return minimum === maximum ? { calls: minimum } : { minimum, maximum }
}
