/** The times and timers of a process. Tests use a clock that they move themselves. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch, for display and for what replicas share. It may be set back. */
  now(): number
  /** Monotonic time in milliseconds since an arbitrary origin, for windows, pauses, ages, timeouts and deadlines. */
  elapsed(): number
  /** Resolves after this many milliseconds. Rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Calls a function after this many milliseconds. Returns a function that prevents it. */
  timer(milliseconds: number, end: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep,
  // A promise and a signal cost ten times as much. Each call to a vendor has several timers, and most of them never end.
  timer(milliseconds, end) {
    const timer = setTimeout(end, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}

/** The sleep of node:timers/promises makes an error with a stack for each timer that is no longer needed. */
function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds).unref()
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

/** The reason for which a timer ends that is no longer needed. A new one for each would record a stack each time. */
export const timerEnded = new Error('the timer is no longer needed')

/**
 * The largest difference between two clocks, such as those of two replicas, with which a time of the one is of use to the
 * other, in milliseconds.
 */
export const maxSkew = 5_000

/** The wall-clock time of a monotonic time, in whole milliseconds. */
export function toWallTime(clock: Clock, elapsed: number): number {
  return Math.round(clock.now() + elapsed - clock.elapsed())
}

/** The monotonic time of a wall-clock time. */
export function toElapsed(clock: Clock, wallTime: number): number {
  return clock.elapsed() + wallTime - clock.now()
}
