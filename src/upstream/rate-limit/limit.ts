/** How often a vendor lets itself be called, as data. */
export interface Limit {
  /** Which calls count: those for one resource, or all that share the budget. */
  readonly resource: string | null
  /** How many of them are made within any window. */
  readonly calls: number
  /** Milliseconds, as the vendor counts them. */
  readonly window: number
  /** Where the vendor says so. */
  readonly source: string
  /** `upstream.<vendor>.budget` sets `calls`. */
  readonly adjustable?: true
}

/** Whether a call for the resource counts under the limit. */
export function appliesTo(limit: Limit, resource: string): boolean {
  return limit.resource === null || limit.resource === resource
}

/** Every limit that a call for the resource counts under. */
export function limitsFor(limits: readonly Limit[], resource: string): readonly Limit[] {
  return limits.filter((limit) => appliesTo(limit, resource))
}

/** The window as it is kept: one call reaches the vendor late and the next one soon, and its clock only sees that. */
export function paddedWindow({ window }: Limit): number {
  return window + Math.max(250, window / 60)
}

/** A limit, and when the calls under it were made: the oldest first. */
export interface SlidingWindow {
  readonly limit: Limit
  readonly times: readonly number[]
}

/**
 * When each of the next so many calls may be made, none before `from`, if all of them count in every log. A window slides:
 * a call may be made when the one that is `calls` before it has left the window, wherever a clock's minute begins.
 */
export function estimateSlots(logs: readonly SlidingWindow[], from: number, count: number): number[] {
  const ahead = logs.map(({ limit, times }) => ({ limit, times: [...times] }))
  return Array.from({ length: count }, () => {
    const turn = Math.max(from, ...ahead.map(nextSlotAt))
    for (const { times } of ahead) times.push(turn)
    return turn
  })
}

function nextSlotAt({ limit, times }: SlidingWindow): number {
  const before = times[times.length - limit.calls]
  return before === undefined ? Number.NEGATIVE_INFINITY : before + paddedWindow(limit)
}

/** The calls that still count. A clock that was set back has made none of them in the future. */
export function countedCalls({ limit, times }: SlidingWindow, now: number): number[] {
  return times.map((at) => Math.min(at, now)).filter((at) => at + paddedWindow(limit) > now)
}
