import { foreseeTurns } from './call-log.ts'
import type { Clock } from './clock.ts'
import type { UpstreamError } from './error.ts'
import type { Ledger } from './ledger.ts'
import { keptWindow, type Limit } from './limit.ts'
import type { Slots } from './slots.ts'

/** A call that is to be made. */
export interface Claim {
  /** What it asks for, by the name in the table of limits. */
  readonly resource: string
  /** Those of its account. */
  readonly slots: Slots
  readonly signal: AbortSignal
  /** Told for when its turn is foreseen, and again whenever that changes. */
  foresee(turn: number): void
}

/** What is left of a budget. */
export interface RateBudget {
  readonly limit: Limit
  readonly remaining: number
  /** When `remaining` grows next; null when all of it is there. */
  readonly resetAt: number | null
  /** Calls that wait for their turn. */
  readonly waiting: number
}

/** More calls of the account wait already than anybody will wait for. */
export class BudgetFull extends Error {
  /** When the turn would come. */
  readonly turn: number

  constructor(turn: number) {
    super('too many calls are waiting')
    this.turn = turn
  }
}

interface Waiter extends Claim {
  go(): void
  refuse(reason: unknown): void
}

/** The calls for one resource, in the order they came. */
interface Lane {
  readonly waiters: Waiter[]
  moving: boolean
  /** Until a turn comes. */
  asleep: boolean
  wake: AbortController
  /** What the vendor said when it asked for patience last. */
  refusal: UpstreamError | null
}

/** How long nobody calls a vendor that asks for patience, says not for how long, and publishes no limit. */
const unsaidPause = 60_000
const shortestPause = 1_000

/** Between calls that nobody waits for, to a vendor that publishes no limit. */
const unlimitedPace = 250

/** Timers beyond 24 days fire at once; nobody waits that long without looking again. */
const longestSleep = 3_600_000

/**
 * Lets calls through in the order they came, none over the vendor's limits and none beyond an account's slots. A call is
 * written down the moment it is made and not before, or the vendor would see it in a later window than the ledger.
 */
export class Budget {
  readonly #clock: Clock
  readonly #ledger: Ledger
  readonly #mostWaiting: number
  readonly #lanes = new Map<string, Lane>()

  constructor(clock: Clock, ledger: Ledger, mostWaiting: number) {
    this.#clock = clock
    this.#ledger = ledger
    this.#mostWaiting = mostWaiting
  }

  /**
   * Waits for a turn and takes one of the slots, to be given back.
   * @throws BudgetFull when too many of the account wait, or the reason of the signal
   */
  async take(claim: Claim): Promise<void> {
    claim.signal.throwIfAborted()
    const { resource, slots, signal } = claim
    const lane = this.#lane(resource)
    const ahead = lane.waiters.filter((waiter) => waiter.slots === slots).length
    if (ahead >= this.#mostWaiting) throw new BudgetFull(this.#turns(resource, lane).at(-1) ?? 0)
    return new Promise((resolve, reject) => {
      const leave = () => waiter.refuse(signal.reason)
      const end = () => {
        lane.waiters.splice(lane.waiters.indexOf(waiter), 1)
        signal.removeEventListener('abort', leave)
        if (!this.#next(lane)) lane.wake.abort()
      }
      const waiter: Waiter = {
        ...claim,
        go() {
          end()
          resolve()
        },
        refuse(reason) {
          end()
          reject(reason)
        },
      }
      signal.addEventListener('abort', leave)
      lane.waiters.push(waiter)
      if (lane.asleep && slots.free > 0) this.#foretell(resource, lane, waiter)
      void this.#move(resource, lane)
    })
  }

  release(slots: Slots): void {
    slots.free += 1
    for (const [resource, lane] of this.#lanes) void this.#move(resource, lane)
  }

  /** The vendor asks for patience: nobody calls for the resource until that is over. */
  pause(resource: string, refusal: UpstreamError): void {
    const { retryAfterSeconds } = refusal.details
    const windows = this.#ledger.logs(resource).map(({ limit }) => keptWindow(limit))
    const unsaid = windows.length > 0 ? Math.max(...windows) : unsaidPause
    const pause = retryAfterSeconds === undefined ? unsaid : Math.max(shortestPause, retryAfterSeconds * 1000)
    this.#ledger.pause(resource, this.#clock.now() + pause)
    const lane = this.#lane(resource)
    lane.refusal = refusal
    lane.wake.abort()
  }

  /** What the vendor said, as long as it has to be heeded. */
  refusal(resource: string): UpstreamError | null {
    const paused = this.#ledger.pausedUntil(resource) > this.#clock.now()
    return (paused && this.#lanes.get(resource)?.refusal) || null
  }

  /** Sends away all who wait with these slots. */
  refuse(slots: Slots, reason: unknown): void {
    for (const { waiters } of this.#lanes.values())
      for (const waiter of waiters.filter((each) => each.slots === slots)) waiter.refuse(reason)
  }

  /** What is left under the limit that has the least; null when the vendor publishes none. */
  status(resource: string): RateBudget | null {
    const now = this.#clock.now()
    const paused = this.#ledger.pausedUntil(resource)
    const waiting = this.#lanes.get(resource)?.waiters.length ?? 0
    const [tightest] = this.#ledger
      .logs(resource)
      .map(({ limit, times }) => {
        const left = Math.max(0, limit.calls - times.length)
        const [oldest] = times
        const leaves = oldest === undefined ? null : oldest + keptWindow(limit)
        const [remaining, resetAt] = paused > now ? [0, paused] : [left, leaves]
        return { limit, remaining, resetAt, waiting }
      })
      .sort((a, b) => a.remaining - b.remaining)
    return tightest ?? null
  }

  /** Milliseconds between calls for a resource that are spread evenly and take a share of the budget. */
  pace(resource: string, share: number): number {
    const paces = this.#ledger.logs(resource).map(({ limit }) => keptWindow(limit) / shareOf(limit, share))
    return Math.max(unlimitedPace, ...paces)
  }

  /** How long it takes to make so many calls for a resource with a share of the budget. */
  sweepTime(resource: string, calls: number, share: number): number {
    const times = this.#ledger.logs(resource).map(({ limit }) => {
      const rounds = Math.ceil(calls / shareOf(limit, share))
      return Math.max(0, rounds - 1) * keptWindow(limit)
    })
    return Math.max(0, ...times)
  }

  #lane(resource: string): Lane {
    const lane = this.#lanes.get(resource) ?? {
      waiters: [],
      moving: false,
      asleep: false,
      wake: new AbortController(),
      refusal: null,
    }
    this.#lanes.set(resource, lane)
    return lane
  }

  #next({ waiters }: Lane): Waiter | undefined {
    return waiters.find(({ slots }) => slots.free > 0)
  }

  async #move(resource: string, lane: Lane): Promise<void> {
    if (lane.moving) return
    lane.moving = true
    while (this.#next(lane)) {
      const turn = await this.#ledger.take(resource)
      const wait = turn - this.#clock.now()
      if (wait > 0) await this.#wait(resource, lane, wait)
      else this.#letThrough(lane)
    }
    lane.moving = false
  }

  /** Who came first may have left while the ledger was asked; then the call that it wrote down is the next one's. */
  #letThrough(lane: Lane): void {
    const waiter = this.#next(lane)
    if (!waiter) return
    waiter.slots.free -= 1
    waiter.go()
  }

  async #wait(resource: string, lane: Lane, milliseconds: number): Promise<void> {
    lane.wake = new AbortController()
    for (const waiter of [...lane.waiters]) this.#foretell(resource, lane, waiter)
    if (!this.#next(lane)) return
    lane.asleep = true
    await this.#clock.sleep(Math.min(milliseconds, longestSleep), lane.wake.signal).catch(() => {})
    lane.asleep = false
  }

  #foretell(resource: string, lane: Lane, waiter: Waiter): void {
    const turn = this.#turns(resource, lane)[lane.waiters.indexOf(waiter)]
    if (turn !== undefined && turn > this.#clock.now()) waiter.foresee(turn)
  }

  /** The turns of all who wait, and of one more. */
  #turns(resource: string, { waiters }: Lane): number[] {
    const from = Math.max(this.#clock.now(), this.#ledger.pausedUntil(resource))
    return foreseeTurns(this.#ledger.logs(resource), from, waiters.length + 1)
  }
}

function shareOf({ calls }: Limit, share: number): number {
  return Math.max(1, Math.floor(calls * share))
}
