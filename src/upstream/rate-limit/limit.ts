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

/** The part of a limit that may be spent on calls of an account whose last call failed: a quarter, but at least one call. */
export function toProbeLimit<Resource extends string>(limit: Limit<Resource>): Limit<Resource> {
  return { ...limit, calls: Math.max(1, Math.floor(limit.calls / 4)) }
}

/** A lower limit has no room for retries in place: they would spend it within a second. */
const minCallsForRetries = 20

/** Whether a limit has room for retries in place: 20 calls per minute or more. */
export function allowsRetries({ calls, window }: Limit): boolean {
  return (calls * 60_000) / window >= minCallsForRetries
}

/** The waiting calls that are probes. They count in further windows. */
interface Probes {
  readonly windows: readonly SlidingWindow[]
  isProbe(index: number): boolean
}

/**
 * The slots of the next `count` calls, none before `from`, if all of them count in every window. A window slides: a call
 * may be made when the call that is `limit.calls` before it has left the window.
 */
export function estimateSlots(
  windows: readonly SlidingWindow[],
  from: number,
  count: number,
  probes: Probes = { windows: [], isProbe: () => false },
): number[] {
  // Each call that is refused because too many wait is estimated.
  if (windows.length === 0 && probes.windows.length === 0) return new Array<number>(count).fill(from)
  const [shared, ofProbes] = [windows, probes.windows].map((each) =>
    each.map(({ limit, times }) => ({ limit, times: [...times] })),
  )
  return Array.from({ length: count }, (_, index) => {
    const counting = [...(shared ?? []), ...((probes.isProbe(index) && ofProbes) || [])]
    const slot = Math.max(from, ...counting.map(nextSlotAt))
    for (const { times } of counting) times.push(slot)
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
