import { keptWindow, type Limit } from './limit.ts'

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
  return before === undefined ? Number.NEGATIVE_INFINITY : before + keptWindow(limit)
}

/** The calls that still count. A clock that was set back has made none of them in the future. */
export function stillCounting({ limit, times }: SlidingWindow, now: number): number[] {
  return times.map((at) => Math.min(at, now)).filter((at) => at + keptWindow(limit) > now)
}
