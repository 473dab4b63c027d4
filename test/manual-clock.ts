import type { Clock } from '../src/upstream/clock.ts'

export interface ManualClock extends Clock {
  /** Moves the time and ends every sleep that is over. */
  advance(milliseconds: number): void
  /** How many sleep. */
  readonly sleepers: number
}

interface Sleeper {
  readonly until: number
  wake(): void
}

/** A clock that stands until a test moves it. */
export function createManualClock(): ManualClock {
  let now = Date.UTC(2030, 0, 1)
  const sleepers = new Set<Sleeper>()

  return {
    now: () => now,
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const sleeper = {
          until: now + milliseconds,
          wake() {
            sleepers.delete(sleeper)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        })
      })
    },
    advance(milliseconds) {
      now += milliseconds
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake()
    },
    get sleepers() {
      return sleepers.size
    },
  }
}
