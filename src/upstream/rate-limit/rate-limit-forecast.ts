import { estimateSlots, type Limit, type SlidingWindow } from './limit.ts'
import type { OperationShares } from './operation-shares.ts'

/** What a forecast begins with. */
interface ForecastState {
  windows(resource: string): readonly SlidingWindow[]
  /** Monotonic time before which no call for the resource is made. */
  notBefore(resource: string): number
  /** A copy: the calls of the forecast are counted in it. */
  readonly shares: OperationShares
  /** The estimated slots of the calls that wait. */
  readonly waiting: readonly { readonly resource: string; readonly slots: readonly number[] }[]
}

/** Who a call is made for. */
interface ForecastCall {
  readonly resource: string
  /** Monotonic time by which it has to be sent. */
  readonly by: number
  /** Set for a call that one operation alone needs. The caller is null when not identified. */
  readonly sharedBy?: { readonly caller: string | null }
}

/** Which of further calls the rate limits would let through. Nothing is reserved. */
export class RateLimitForecast {
  readonly #state: ForecastState
  readonly #times = new Map<Limit, number[]>()

  constructor(state: ForecastState) {
    this.#state = state
    for (const { resource, slots } of state.waiting)
      for (const { times } of this.#windows(resource)) times.push(...slots)
  }

  /** Counts the call, and returns whether it would be sent in time. */
  add({ resource, by, sharedBy }: ForecastCall): boolean {
    const { shares } = this.#state
    const shared = sharedBy && shares.reserve(resource, sharedBy.caller)
    const from = Math.max(this.#state.notBefore(resource), shared?.at ?? Number.NEGATIVE_INFINITY)
    const windows = this.#windows(resource)
    const [slot = from] = estimateSlots(windows, from, 1)
    if (slot > by) {
      shared?.cancel()
      return false
    }
    for (const { times } of windows) times.push(slot)
    return true
  }

  #windows(resource: string) {
    return this.#state.windows(resource).map(({ limit, times }) => {
      const counted = this.#times.get(limit) ?? [...times]
      this.#times.set(limit, counted)
      return { limit, times: counted }
    })
  }
}
