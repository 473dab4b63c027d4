import type { Budget } from './budget.ts'
import { keptWindow, type Limit } from './limit.ts'
import type { UpstreamSettings } from './settings.ts'
import type { Upstream } from './upstream.ts'

/** What reading ahead may take of a budget; the rest is for those who ask. */
const backgroundShare = 0.5

/** Between calls that nobody waits for, to a vendor that publishes no limit. */
const unlimitedPace = 250

/** The places that are read with one budget, one after another. */
export class Sweep {
  readonly #settings: UpstreamSettings
  readonly #replicas: number
  readonly #budget: Budget
  readonly #resource: string
  readonly #places = new Set<string>()

  constructor({ settings, replicas }: Upstream, budget: Budget, resource: string) {
    this.#settings = settings
    this.#replicas = replicas.count
    this.#budget = budget
    this.#resource = resource
  }

  /** Its places are to be read ahead of need. */
  get isAhead(): boolean {
    return this.#settings.prefetch
  }

  /** How long a reading of one of its places serves, in milliseconds. */
  ttl(place: string): number {
    this.#places.add(place)
    return this.#ttl
  }

  /** Milliseconds between two readings ahead of need that this replica makes: all of them together take the share. */
  get step(): number {
    return this.#pace * this.#replicas
  }

  get #pace(): number {
    const paces = this.#limits.map((limit) => keptWindow(limit) / callsOf(limit, backgroundShare))
    return Math.max(unlimitedPace, ...paces)
  }

  /** The age at which a reading is to be renewed, so that it still serves when all others have had their turn. */
  get renewalAge(): number {
    return Math.max(0, this.#ttl - this.#places.size * this.#pace)
  }

  /**
   * Never less than one and a half times what reading all of the places takes, or the first would have to be read again
   * before the last has been read at all.
   */
  get #ttl(): number {
    const { ttl, prefetch } = this.#settings
    const share = prefetch ? backgroundShare : 1
    const times = this.#limits.map((limit) => {
      const windows = Math.ceil(this.#places.size / callsOf(limit, share))
      return Math.max(0, windows - 1) * keptWindow(limit)
    })
    return Math.max(ttl, ...times.map((time) => 1.5 * time))
  }

  get #limits(): readonly Limit[] {
    return this.#budget.logs(this.#resource).map(({ limit }) => limit)
  }
}

function callsOf({ calls }: Limit, share: number): number {
  return Math.max(1, Math.floor(calls * share))
}
