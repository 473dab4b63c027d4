import { type Clock, systemClock } from '../src/upstream/clock.ts'

/** A clock that is faster by a factor, so that minutes of a rate limit pass in seconds. */
export function createFastClock(speed: number): Clock {
  const start = systemClock.now()
  const startElapsed = systemClock.elapsed()
  return {
    // Both from the same source: the milliseconds of `systemClock.now()` would be too coarse when multiplied.
    now: () => Math.floor(start + (systemClock.elapsed() - startElapsed) * speed),
    elapsed: () => systemClock.elapsed() * speed,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / speed, signal),
    timer: (milliseconds, end) => systemClock.timer(milliseconds / speed, end),
  }
}
