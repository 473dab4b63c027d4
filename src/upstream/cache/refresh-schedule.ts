import type { Clock } from '../clock.ts'
import type { UpstreamDependencies } from '../dependencies.ts'
import { type Limit, paddedWindow } from '../rate-limit/limit.ts'
import type { RateLimiter } from '../rate-limit/rate-limiter.ts'
import type { UpstreamSettings } from '../settings.ts'

/** What reading ahead may take of a budget; the rest is for those who ask. */
const backgroundShare = 0.5

/** A place that nobody has asked for in so many times the ttl, or a window if that is longer, is not there any more. */
const roundsRemembered = 3

/** Between calls that nobody waits for, to a vendor that publishes no limit. */
const unlimitedPace = 250

/** The places that are read with one budget, one after another. */
export class RefreshSchedule {
  readonly #clock: Clock
  readonly #settings: UpstreamSettings
  readonly #replicas: UpstreamDependencies['replicas']
  readonly #budget: RateLimiter
  readonly #resource: string
  /** When each was asked for last, the longest ago first. */
  readonly #places = new Map<string, number>()

  constructor({ clock, settings, replicas }: UpstreamDependencies, budget: RateLimiter, resource: string) {
    this.#clock = clock
    this.#settings = settings
    this.#replicas = replicas
    this.#budget = budget
    this.#resource = resource
  }

  /** Its places are to be read ahead of need. */
  get isPrefetched(): boolean {
    return this.#settings.prefetch
  }

  /** How long a reading of one of its places serves, in milliseconds. */
  ttl(place: string): number {
    const now = this.#clock.now()
    this.#places.delete(place)
    this.#places.set(place, now)
    const window = Math.max(0, ...this.#limits.map(paddedWindow))
    const forgotten = now - roundsRemembered * Math.max(this.#ttl, window)
    for (const [each, askedAt] of this.#places) {
      if (askedAt > forgotten) break
      this.#places.delete(each)
    }
    return this.#ttl
  }

  /**
   * Milliseconds between two readings ahead of need that this replica makes: all of them together take the share. Who goes on
   * alone has a budget of its own, which is smaller already.
   */
  get interval(): number {
    return this.#pace * (this.#replicas.state === 'alone' ? 1 : this.#replicas.count)
  }

  get #pace(): number {
    const paces = this.#limits.map(
      (limit) => paddedWindow(limit) / Math.max(1, Math.floor(limit.calls * backgroundShare)),
    )
    return Math.max(unlimitedPace, ...paces)
  }

  /** The age at which a reading is to be renewed, so that it still serves when all others have had their turn. */
  get refreshAge(): number {
    return Math.max(0, this.#ttl - this.#places.size * this.#pace)
  }

  /**
   * Never less than one and a half times what reading all of the places takes, or the first would have to be read again
   * before the last has been read at all.
   */
  get #ttl(): number {
    const { ttl, prefetch } = this.#settings
    const times = this.#limits.map((limit) => {
      const windows = Math.ceil(this.#places.size / limit.calls)
      return Math.max(0, windows - 1) * paddedWindow(limit)
    })
    const ahead = prefetch ? this.#places.size * this.#pace : 0
    return Math.max(ttl, ...[...times, ahead].map((time) => 1.5 * time))
  }

  get #limits(): readonly Limit[] {
    return this.#budget.windows(this.#resource).map(({ limit }) => limit)
  }
}
