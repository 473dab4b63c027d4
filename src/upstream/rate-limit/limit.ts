/** A rate limit that a vendor documents, as data. */
export interface Limit<Resource extends string = string> {
  /** The resource whose calls count. Null: the calls for all resources count together. */
  readonly resource: Resource | null
  /** Calls allowed within any window. */
  readonly calls: number
  /** The length of the window in milliseconds, as documented. */
  readonly window: number
  /** The page that documents the limit. */
  readonly source: string
  /** `upstream.<vendor>.budget` sets `calls`. */
  readonly adjustable?: true
}

/** A limit with the times of the calls that count under it, the oldest first. Times are monotonic. */
export interface SlidingWindow {
  readonly limit: Limit
  readonly times: readonly number[]
}

/** Whether a call for the resource counts under the limit. */
export function appliesTo(limit: Limit, resource: string): boolean {
  return limit.resource === null || limit.resource === resource
}

/** The limits that a call for the resource counts under. */
export function limitsFor(limits: readonly Limit[], resource: string): readonly Limit[] {
  return limits.filter((limit) => appliesTo(limit, resource))
}

/**
 * The length of the window that is enforced. It is longer than the documented one: when one call reaches the vendor late
 * and the next one early, the vendor sees less time between them than there was.
 */
export function paddedWindow({ window }: Limit): number {
  return window + Math.max(250, window / 60)
}

/**
 * The slots of the next `count` calls, none before `from`, if all of them count in every window. A window slides: a call
 * may be made when the call that is `limit.calls` before it has left the window.
 */
export function estimateSlots(windows: readonly SlidingWindow[], from: number, count: number): number[] {
  const estimates = windows.map(({ limit, times }) => ({ limit, times: [...times] }))
  return Array.from({ length: count }, () => {
    const slot = Math.max(from, ...estimates.map(nextSlotAt))
    for (const { times } of estimates) times.push(slot)
    return slot
  })
}

function nextSlotAt({ limit, times }: SlidingWindow): number {
  const previous = times[times.length - limit.calls]
  return previous === undefined ? Number.NEGATIVE_INFINITY : previous + paddedWindow(limit)
}

/** The times of the calls that have not left the window. */
export function countedCalls({ limit, times }: SlidingWindow, elapsed: number): number[] {
  return times.filter((at) => at + paddedWindow(limit) > elapsed)
}
