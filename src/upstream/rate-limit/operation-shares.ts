import type { Clock } from '../clock.ts'
import type { Limit } from './limit.ts'

/** The part of a limit that a call for one operation counts under. */
export interface Share {
  readonly limit: Limit
  /** Calls that may be made within any window. */
  readonly calls: number
  /** The caller whose calls count; null: those of all callers together. */
  readonly caller: string | null
}

/** A call within the shares. */
export interface SharedCall {
  /** Monotonic time at which it may be made. */
  readonly at: number
  /** The share that allows no earlier time; null when it may be made now. */
  readonly usedUp: Share | null
  /** Counts the call from now on: it is being sent. */
  send(): void
  /** Forgets a call that was not sent. */
  cancel(): void
}

interface Entry {
  at: number
  readonly caller: string | null
}

/** The parts of each limit for calls that only one operation needs: of all callers together, and of an identified caller. */
const partOfAll = 1 / 2
const partOfCaller = 1 / 4

/**
 * What calls for single operations may take of the limits of one rate limiter. Unlike readings, which all callers share,
 * every query makes them anew: without shares, one caller could spend the limit of everybody's lists.
 */
export class OperationShares {
  readonly #clock: Clock
  readonly #limitsOf: (resource: string) => readonly Limit[]
  readonly #replicas: () => number
  /** The calls made or waiting under each limit, in the order of their times. */
  readonly #entries = new Map<string, Entry[]>()

  /** @param replicas the number of processes that share the limits: each has its part of the shares */
  constructor(clock: Clock, limitsOf: (resource: string) => readonly Limit[], replicas: () => number) {
    this.#clock = clock
    this.#limitsOf = limitsOf
    this.#replicas = replicas
  }

  /** Reserves the earliest time for a call. @param caller null for a caller who is not identified */
  reserve(resource: string, caller: string | null): SharedCall {
    const shares = this.#sharesOf(resource, caller)
    let at = this.#clock.elapsed()
    let usedUp: Share | null = null
    for (let isSettled = false; !isSettled; ) {
      isSettled = true
      for (const share of shares) {
        const earliest = this.#earliest(share, at)
        if (earliest <= at) continue
        at = earliest
        usedUp = share
        isSettled = false
      }
    }
    const entry: Entry = { at, caller }
    const lists = [...new Set(shares.map(({ limit }) => this.#entriesOf(limit)))]
    for (const list of lists) insert(list, entry)
    const remove = () => {
      for (const list of lists) if (list.includes(entry)) list.splice(list.indexOf(entry), 1)
    }
    return {
      at,
      usedUp,
      send: () => {
        remove()
        entry.at = this.#clock.elapsed()
        for (const list of lists) insert(list, entry)
      },
      cancel: remove,
    }
  }

  /** The calls that the caller may make now. Null when no limit is documented. */
  remaining(resource: string, caller: string | null): number | null {
    const left = this.#sharesOf(resource, caller).map(({ limit, calls, caller: of }) => {
      const used = this.#entriesOf(limit).filter((entry) => of === null || entry.caller === of)
      return Math.max(0, calls - used.length)
    })
    return left.length > 0 ? Math.min(...left) : null
  }

  /** The same calls, to which others can be added without an effect on this object. */
  copy(): OperationShares {
    const copied = new OperationShares(this.#clock, this.#limitsOf, this.#replicas)
    for (const [key, entries] of this.#entries) copied.#entries.set(key, [...entries])
    return copied
  }

  #sharesOf(resource: string, caller: string | null): readonly Share[] {
    const toCalls = (limit: Limit, part: number) => Math.max(1, Math.floor((limit.calls * part) / this.#replicas()))
    return longestOf(wholeOf(this.#limitsOf(resource))).flatMap((limit) => [
      { limit, calls: toCalls(limit, partOfAll), caller: null },
      ...(caller === null ? [] : [{ limit, calls: toCalls(limit, partOfCaller), caller }]),
    ])
  }

  /** The first time from `from` on at which a call fits the share. */
  #earliest({ limit, calls, caller }: Share, from: number): number {
    const { window } = limit
    const times = this.#entriesOf(limit)
      .filter((entry) => caller === null || entry.caller === caller)
      .map(({ at }) => at)
    if (fits(times, from, { calls, window })) return from
    return times.map((at) => at + window).find((at) => at > from && fits(times, at, { calls, window })) ?? from
  }

  #entriesOf(limit: Limit): Entry[] {
    const key = `${limit.resource} ${limit.window}`
    const entries = this.#entries.get(key) ?? []
    this.#entries.set(key, entries)
    const now = this.#clock.elapsed()
    while (entries[0] && entries[0].at + limit.window <= now) entries.shift()
    return entries
  }
}

/**
 * The limits without the smaller ones on the same resource: while a replica keeps to its share, its part of a limit is one
 * of the limits too, and would be divided by the number of replicas again.
 */
function wholeOf(limits: readonly Limit[]): readonly Limit[] {
  return limits.filter(
    ({ resource, window, calls }) =>
      !limits.some((other) => other.resource === resource && other.window <= window && other.calls > calls),
  )
}

/** The limits with the longest window. What a burst takes of a shorter one delays other calls by seconds only. */
function longestOf(limits: readonly Limit[]): readonly Limit[] {
  const longest = Math.max(...limits.map(({ window }) => window))
  return limits.filter(({ window }) => window === longest)
}

function insert(entries: Entry[], entry: Entry): void {
  const index = entries.findIndex(({ at }) => at > entry.at)
  entries.splice(index < 0 ? entries.length : index, 0, entry)
}

/** Whether no window has more calls than allowed with one more at this time. Calls may wait for later times. */
function fits(
  times: readonly number[],
  at: number,
  { calls, window }: { readonly calls: number; readonly window: number },
): boolean {
  const all = [...times, at].sort((a, b) => a - b)
  return all.every((time, index) => (all[index + calls] ?? Number.POSITIVE_INFINITY) - time >= window)
}
