import type { Clock } from '../clock.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { type Limit, paddedWindow } from '../rate-limit/limit.ts'
import type { RateLimiter, RateLimitStatus } from '../rate-limit/rate-limiter.ts'
import type { UpstreamSettings } from '../settings.ts'

/** The part of a rate limit that prefetching may use. The rest is for operations. */
const prefetchShare = 0.5

/** A place that was not read for this many ttls, or windows if those are longer, no longer counts. */
const maxIdleTtls = 3

/** Milliseconds between two prefetches for a vendor without documented limits. */
const minPace = 250

/** When the places that share one rate limiter are read again. */
export class RefreshSchedule<Resource extends string = string> {
  readonly #clock: Clock
  readonly #upstream: Pick<UpstreamDependencies, 'settings' | 'replicas'>
  readonly #rateLimiter: RateLimiter<Resource>
  readonly #resource: Resource
  /** The monotonic time at which each place was read last, the oldest first. */
  readonly #places = new Map<string, number>()
  #times: Times = toTimes({ limits: [], ttl: 0, prefetch: false, places: 0 })

  constructor(upstream: UpstreamDependencies, rateLimiter: RateLimiter<Resource>, resource: NoInfer<Resource>) {
    this.#clock = upstream.clock
    this.#upstream = upstream
    this.#rateLimiter = rateLimiter
    this.#resource = resource
  }

  /** The resource of the calls that read its places. */
  get resource(): string {
    return this.#resource
  }

  /** The state of the tightest limit on these calls; null when the vendor documents none. Makes no call. */
  get rateLimit(): RateLimitStatus | null {
    return this.#rateLimiter.status(this.#resource)
  }

  /** Whether its places are prefetched. */
  get isPrefetched(): boolean {
    return this.#upstream.settings.prefetch
  }

  /** How long a reading of this place is fresh, in milliseconds. Counts the place as one that is read. */
  ttl(place: string): number {
    const now = this.#clock.elapsed()
    this.#places.delete(place)
    this.#places.set(place, now)
    const { ttl, window } = this.#timesNow()
    const idleSince = now - maxIdleTtls * Math.max(ttl, window)
    for (const [each, readAt] of this.#places) {
      if (readAt > idleSince) break
      this.#places.delete(each)
    }
    return this.#timesNow().ttl
  }

  /** As `ttl` of any place, without counting it as read. */
  get currentTtl(): number {
    return this.#timesNow().ttl
  }

  /**
   * Milliseconds between two prefetches by this replica. All replicas together use the share. A replica without Redis has
   * rate limits of its own, which are smaller already.
   */
  get interval(): number {
    const { state, count } = this.#upstream.replicas
    return this.#pace * (state === 'alone' ? 1 : count)
  }

  /** The age at which a reading is prefetched, so that it is still fresh when all other places have been read. */
  get refreshAge(): number {
    return Math.max(0, this.#timesNow().ttl - this.#places.size * this.#pace)
  }

  get #pace(): number {
    return paceUnder(this.#limits)
  }

  /** They are needed for each reading that is served, and change with the number of places, the limits and the settings. */
  #timesNow(): Times {
    const { ttl, prefetch } = this.#upstream.settings
    const [limits, places] = [this.#limits, this.#places.size]
    const { of } = this.#times
    if (of.limits !== limits || of.ttl !== ttl || of.prefetch !== prefetch || of.places !== places)
      this.#times = toTimes({ limits, ttl, prefetch, places })
    return this.#times
  }

  get #limits(): readonly Limit[] {
    return this.#rateLimiter.limits(this.#resource)
  }
}

interface TimesBasis extends Pick<UpstreamSettings, 'ttl' | 'prefetch'> {
  readonly limits: readonly Limit[]
  /** Their number. */
  readonly places: number
}

/** Milliseconds that depend on the places, the limits and the settings. */
interface Times {
  readonly of: TimesBasis
  /** The longest window of the limits. */
  readonly window: number
  readonly ttl: number
}

/** A ttl is at least one and a half times what reading all places takes. Else the first place is due before the last one is read. */
function toTimes(of: TimesBasis): Times {
  const { limits, places } = of
  const window = Math.max(0, ...limits.map(paddedWindow))
  const times = limits.map((limit) => Math.max(0, Math.ceil(places / limit.calls) - 1) * paddedWindow(limit))
  const prefetchTime = of.prefetch ? places * paceUnder(limits) : 0
  return { of, window, ttl: Math.max(of.ttl, ...[...times, prefetchTime].map((time) => 1.5 * time)) }
}

/** Milliseconds between two prefetches by one replica. */
function paceUnder(limits: readonly Limit[]): number {
  const paces = limits.map((limit) => paddedWindow(limit) / Math.max(1, Math.floor(limit.calls * prefetchShare)))
  return Math.max(minPace, ...paces)
}
