import type { Clock } from '../../src/upstream/clock.ts'

export interface ManualClock extends Clock {
  /** Moves both times forward and ends every sleep that is over. */
  advance(milliseconds: number): void
  /** Sets the wall clock forward or back. The monotonic time stays as it is. */
  adjustWallClock(milliseconds: number): void
  /** The number of pending sleeps. */
  readonly pendingSleeps: number
  /** Grows whenever a sleep begins or ends. */
  readonly sleepChanges: number
  /** Whole milliseconds until the first sleep ends; Infinity when there is none. */
  readonly nextWakeIn: number
}

interface Sleeper {
  readonly until: number
  wake(): void
}

/** A clock that moves only when a test moves it. */
export function createManualClock(startsAt = Date.UTC(2030, 0, 1)): ManualClock {
  let now = startsAt
  let elapsed = 0
  let stirs = 0
  const sleepers = new Set<Sleeper>()

  return {
    now: () => now,
    elapsed: () => elapsed,
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const end = () => {
          signal?.removeEventListener('abort', abort)
          if (sleepers.delete(sleeper)) stirs += 1
        }
        const abort = () => {
          end()
          reject(signal?.reason)
        }
        const sleeper = {
          until: elapsed + milliseconds,
          wake() {
            end()
            resolve()
          },
        }
        stirs += 1
        sleepers.add(sleeper)
        signal?.addEventListener('abort', abort)
      })
    },
    timer(milliseconds, end) {
      const sleeper = {
        until: elapsed + milliseconds,
        wake() {
          cancel()
          end()
        },
      }
      const cancel = () => {
        if (sleepers.delete(sleeper)) stirs += 1
      }
      stirs += 1
      sleepers.add(sleeper)
      return cancel
    },
    advance(milliseconds) {
      now += milliseconds
      elapsed += milliseconds
      for (const sleeper of sleepers) if (sleeper.until <= elapsed) sleeper.wake()
    },
    adjustWallClock(milliseconds) {
      now += milliseconds
    },
    get pendingSleeps() {
      return sleepers.size
    },
    get sleepChanges() {
      return stirs
    },
    get nextWakeIn() {
      return Math.ceil(Math.min(...[...sleepers].map(({ until }) => until - elapsed)))
    },
  }
}
