import type { CallPlan } from '../call-plan.ts'
import type { Operation } from '../operation.ts'
import type { InspectedReading } from '../upstream/cache/known-readings.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { CallContext } from '../upstream/call/context.ts'
import { type ResiliencePipeline, sharingCaller } from '../upstream/call/resilience-pipeline.ts'
import { callPlanned, notCalled } from '../upstream/error.ts'
import type { RateLimitForecast } from '../upstream/rate-limit/rate-limit-forecast.ts'
import type { Place } from './place.ts'

interface PlannedPlace extends Place {
  readonly client: {
    readonly pipeline: Pick<ResiliencePipeline, 'circuitOpen' | 'rateLimiter' | 'rateLimitStatus' | 'runForOperation'>
    preparations?(): readonly string[]
  }
  readonly parent?: Place | null
}

/** A reading that a plan needs. */
interface PlannedReading<Value> extends InspectedReading<Value> {
  readonly place: PlannedPlace
  readonly resource: string
  readonly isDiscovery: boolean
  /** The most pages that a reading may have; one for a list without pages. */
  readonly maxPages: number
  /** Whether another replica may have a reading that is not known here. */
  readonly isShared: boolean
}

/** The forecasts of a plan, by rate limiter. Copies of its operation count in the same ones. */
const forecasts = new WeakMap<CallPlan, Map<object, RateLimitForecast>>()

function forecastOf(plan: CallPlan, { rateLimiter }: Pick<ResiliencePipeline, 'rateLimiter'>): RateLimitForecast {
  const ofPlan = forecasts.get(plan) ?? new Map<object, RateLimitForecast>()
  forecasts.set(plan, ofPlan)
  const known = ofPlan.get(rateLimiter) ?? rateLimiter.forecast()
  ofPlan.set(rateLimiter, known)
  return known
}

/**
 * Runs calls of an account that one operation alone needs, or records them where calls are planned.
 * @throws UpstreamError also in place of the result of a call that is not made
 */
export async function runForPlace<Value>(
  place: PlannedPlace,
  resource: string,
  operation: Operation,
  work: (context: CallContext) => Promise<Value>,
): Promise<Value> {
  const { plan, deadline } = operation
  const { pipeline } = place.client
  if (!operation.isPassive) return pipeline.runForOperation(operation, work)
  if (!plan) throw notCalled()
  if (!pipeline.circuitOpen) {
    addPreparations(place, operation)
    const planned = toPlanned(place, resource)
    const caller = sharingCaller(operation)
    const ofShare = pipeline.rateLimiter.shares.remaining(resource, caller)
    plan.addCall(
      ofShare === null
        ? planned
        : { ...planned, rateLimitRemaining: Math.min(planned.rateLimitRemaining ?? ofShare, ofShare) },
      forecastOf(plan, pipeline).add({ resource, by: deadline, sharedBy: { caller } }),
    )
  }
  throw callPlanned()
}

/** Records what a reading would call, and returns the last one. @throws UpstreamError when there is none */
export function planReading<Value>(
  operation: Operation,
  { place, resource, isDiscovery, maxPages, isShared, reading, isKept, begins }: PlannedReading<Value>,
): Reading<Value> {
  const isCalled = begins && !place.client.pipeline.circuitOpen
  if (isCalled) {
    addPreparations(place, operation)
    // The first page. Others wait for one another.
    if (operation.plan)
      forecastOf(operation.plan, place.client.pipeline).add({ resource, by: Number.POSITIVE_INFINITY })
  }
  const calls = isCalled ? { minimum: isShared ? 0 : 1, maximum: maxPages } : { minimum: 0, maximum: 0 }
  const dependsOn = [
    ...(isCalled && isShared ? ['the readings of other replicas'] : []),
    ...(isCalled && maxPages > 1 ? ['the number of pages'] : []),
  ]
  operation.plan?.addReading({
    ...toPlanned(place, resource),
    calls,
    dependsOn,
    // Without a call there is no other reading to wait for, either.
    isKept: isKept || (!isCalled && reading !== null),
    hasOld: reading !== null,
    isDiscovery,
    mayFind: isDiscovery && isCalled ? placesToFind(operation, place, reading !== null) : [],
  })
  if (reading) return reading
  throw callPlanned()
}

/** The caller's places that a discovery may find, apart from those that an old result has. */
function placesToFind({ caller, placeIndex }: Operation, { id }: Place, hasOld: boolean): readonly string[] {
  // A search for what exists reads no certificates.
  if (!placeIndex?.learn) return []
  const places = [...(caller.places ?? [])].filter((each) => placeIndex.mayHold(id, [each]))
  const held = hasOld ? placeIndex.heldBy(id, places) : []
  return places.filter((each) => !held.includes(each))
}

function addPreparations(place: PlannedPlace, { plan }: Operation): void {
  const { client } = place
  const { id, provider, vendorId } = place.parent ?? place
  const resources = client.preparations?.() ?? []
  const calls = resources.map((resource) => ({
    ...toPlanned(place, resource),
    place: { id, provider, vendorId },
  }))
  plan?.addPreparations(id, calls)
}

function toPlanned(place: PlannedPlace, resource: string) {
  const rateLimitRemaining = place.client.pipeline.rateLimitStatus(resource)?.remaining ?? null
  return { place, resource, rateLimitRemaining }
}
