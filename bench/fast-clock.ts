import { type Clock, systemClock } from '../src/upstream/clock.ts'

/** A clock that is faster by a factor, so that minutes of a rate limit pass in seconds. */
export function createFastClock(speed: number): Clock {
  const start = systemClock.now()
  return {
    now: () => Math.round(start + (systemClock.now() - start) * speed),
    elapsed: () => systemClock.elapsed() * speed,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / speed, signal),
  }
}
