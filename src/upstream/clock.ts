import { setTimeout as sleep } from 'node:timers/promises'

/** Time as the process sees it. Tests put a clock in its place that they move themselves. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after that many milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { ...(signal && { signal }), ref: false }),
}
