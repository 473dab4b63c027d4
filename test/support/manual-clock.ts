import type { Clock } from '../../src/upstream/clock.ts'

export interface ManualClock extends Clock {
  /** Moves the time and ends every sleep that is over. */
  advance(milliseconds: number): void
  /** How many sleep. */
  readonly sleepers: number
  /** Grows whenever somebody goes to sleep or wakes. */
  readonly stirs: number
  /** Whole milliseconds until the first of them wakes; Infinity when nobody sleeps. */
  readonly nextWaking: number
}

interface Sleeper {
  readonly until: number
  wake(): void
}

/** A clock that stands until a test moves it. */
export function createManualClock(): ManualClock {
  let now = Date.UTC(2030, 0, 1)
  let stirs = 0
  const sleepers = new Set<Sleeper>()

  return {
    now: () => now,
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const rise = () => {
          signal?.removeEventListener('abort', startle)
          if (sleepers.delete(sleeper)) stirs += 1
        }
        const startle = () => {
          rise()
          reject(signal?.reason)
        }
        const sleeper = {
          until: now + milliseconds,
          wake() {
            rise()
            resolve()
          },
        }
        stirs += 1
        sleepers.add(sleeper)
        signal?.addEventListener('abort', startle)
      })
    },
    advance(milliseconds) {
      now += milliseconds
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake()
    },
    get sleepers() {
      return sleepers.size
    },
    get stirs() {
      return stirs
    },
    get nextWaking() {
      return Math.ceil(Math.min(...[...sleepers].map(({ until }) => until - now)))
    },
  }
}
