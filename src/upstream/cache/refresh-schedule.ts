import type { Clock } from '../clock.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { type Limit, paddedWindow } from '../rate-limit/limit.ts'
import type { RateLimiter, RateLimitStatus } from '../rate-limit/rate-limiter.ts'

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
    const window = Math.max(0, ...this.#limits.map(paddedWindow))
    const idleSince = now - maxIdleTtls * Math.max(this.#ttl, window)
    for (const [each, readAt] of this.#places) {
      if (readAt > idleSince) break
      this.#places.delete(each)
    }
    return this.#ttl
  }

  /** As `ttl` of any place, without counting it as read. */
  get currentTtl(): number {
    return this.#ttl
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
    return Math.max(0, this.#ttl - this.#places.size * this.#pace)
  }

  get #pace(): number {
    const paces = this.#limits.map(
      (limit) => paddedWindow(limit) / Math.max(1, Math.floor(limit.calls * prefetchShare)),
    )
    return Math.max(minPace, ...paces)
  }

  /** At least one and a half times what reading all places takes. Else the first place is due before the last one is read. */
  get #ttl(): number {
    const { ttl, prefetch } = this.#upstream.settings
    const times = this.#limits.map((limit) => {
      const windows = Math.ceil(this.#places.size / limit.calls)
      return Math.max(0, windows - 1) * paddedWindow(limit)
    })
    const prefetchTime = prefetch ? this.#places.size * this.#pace : 0
    return Math.max(ttl, ...[...times, prefetchTime].map((time) => 1.5 * time))
  }

  get #limits(): readonly Limit[] {
    return this.#rateLimiter.windows(this.#resource).map(({ limit }) => limit)
  }
}
