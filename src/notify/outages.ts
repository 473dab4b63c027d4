import type { KnownSource } from '../providers/source-states.ts'
import { maxSkew } from '../upstream/clock.ts'
import { maxPause } from '../upstream/rate-limit/rate-limiter.ts'
import type { SourceEvent } from './event.ts'
import { type Outage, type Outages, sourceKey } from './outage.ts'

/** What was found out about the sources. */
export interface OutageChanges {
  /** The outages from now on. The same object when nothing but `lastSeen` has changed. */
  readonly outages: Outages
  readonly events: readonly SourceEvent[]
}

/** A refresh that fails once, and succeeds the next time, is no outage. */
const outageDelay = 30_000
/** A 429 of the vendor is normal for one pause. A list that is not read for longer hides changes. */
const rateLimitDelay = 2 * maxPause
/** How long an outage is kept of a source that is not known any more, such as a place that was removed. */
const maxUnknown = 7 * 86_400_000
/** How often `lastSeen` is renewed. */
const seenInterval = 3_600_000

type Source = Pick<KnownSource, 'place' | 'kind' | 'isUp' | 'asOf' | 'error' | 'lastAnswer'>

/** Compares the sources with the outages that are known. A source that was not read yet changes nothing. */
export function findOutages(sources: readonly Source[], before: Outages, now: number): OutageChanges {
  const outages: Outages = new Map([...before].map(([key, outage]) => [key, toPresent(outage, now)]))
  const next = new Map<string, Outage>()
  const events: SourceEvent[] = []
  const seen = new Set<string>()
  for (const source of sources) {
    const key = sourceKey(source.place.id, source.kind)
    seen.add(key)
    const known = outages.get(key)
    const state = stateOf(source, known)
    if (state === 'available') {
      if (known?.isReported) events.push(toEvent('SOURCE_RECOVERED', source, known.since, now))
      continue
    }
    if (state === 'unknown') {
      if (known) next.set(key, known)
      continue
    }
    const since = known?.since ?? now
    const isReported = known?.isReported ?? false
    const delay = isRateLimited(source) ? rateLimitDelay : outageDelay
    const isDue = !isReported && now - since >= delay
    if (isDue) events.push(toEvent('SOURCE_UNAVAILABLE', source, since, now))
    const isSeen = known && now - known.lastSeen < seenInterval
    next.set(key, isSeen && !isDue ? known : { since, isReported: isReported || isDue, lastSeen: now })
  }
  for (const [key, outage] of outages) {
    // After a restart, a discovered place is not known until it is discovered.
    if (!seen.has(key) && now - outage.lastSeen < maxUnknown) next.set(key, outage)
  }
  const isSame = next.size === before.size && [...next].every(([key, outage]) => before.get(key) === outage)
  return { outages: isSame ? before : next, events }
}

/**
 * An outage without times in the future: the wall clock was set back. Otherwise neither its begin nor its end would be found
 * until then.
 */
function toPresent(outage: Outage, now: number): Outage {
  const { since, lastSeen } = outage
  if (Math.max(since, lastSeen) <= now + maxSkew) return outage
  return { ...outage, since: Math.min(since, now), lastSeen: Math.min(lastSeen, now) }
}

/**
 * A call that was not made, because this program keeps to a rate limit, says nothing about the source. Neither does a reading
 * from before the outage, which a restart has kept.
 */
function stateOf({ error, isUp, asOf }: Source, known: Outage | undefined): 'available' | 'unavailable' | 'unknown' {
  if (error === null) return isUp && asOf !== null && (!known || asOf > known.since) ? 'available' : 'unknown'
  return isRateLimited({ error }) && error.details.httpStatus === undefined ? 'unknown' : 'unavailable'
}

/** Whether the last call was answered 429, or was not made because of a rate limit. */
const isRateLimited = ({ error }: Pick<Source, 'error'>): boolean => error?.code === 'UPSTREAM_RATE_LIMITED'

function toEvent(kind: SourceEvent['kind'], source: Source, since: number, at: number): SourceEvent {
  const { id, provider, vendorId, name } = source.place
  // While the circuit is open, the answer before says why.
  const error = source.lastAnswer ?? source.error
  return {
    kind,
    place: { id, provider, vendorId, name },
    sourceKind: source.kind,
    since,
    at,
    error: error && { code: error.code, message: error.message, httpStatus: error.details.httpStatus ?? null },
  }
}
