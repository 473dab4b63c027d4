import type { SessionStore } from './session.ts'
import { createStore, type Store } from './store.ts'

/** The time by the clock of the server, which the times in its answers are from. It moves every few seconds. */
export type Clock = Store<number>

const step = 5_000

/** Milliseconds by which the two clocks differ without a reason: both are rounded. */
const roundingError = 1_000

/**
 * Creates a clock that no change of the system's clock can set back. It moves on with the monotonic clock, which may stop while the computer
 * sleeps, and with the system's clock when that one has moved further. So an age is never too low.
 */
export function createTime(readSystemTime: () => number, readMonotonicTime: () => number): () => number {
  let system = readSystemTime()
  let monotonic = readMonotonicTime()
  let time = system
  return () => {
    const [nextSystem, nextMonotonic] = [readSystemTime(), readMonotonicTime()]
    const [bySystem, byMonotonic] = [nextSystem - system, nextMonotonic - monotonic]
    time += bySystem > byMonotonic + roundingError ? bySystem : byMonotonic
    system = nextSystem
    monotonic = nextMonotonic
    return time
  }
}

/** The time from which ages are counted. */
export const readTime = createTime(
  () => Date.now(),
  () => performance.now(),
)

export const createClock = (): Clock => createStore(readTime())

/** Keeps the clock moving. Returns a function that stops it. */
export function startClock(clock: Clock, session: SessionStore): () => void {
  const update = () => clock.set(readTime() + session.get().clockOffset)
  const abort = new AbortController()
  const { signal } = abort
  const timer = setInterval(update, step)
  // Timers stop while a computer sleeps and are slow in a hidden tab.
  document.addEventListener('visibilitychange', update, { signal })
  addEventListener('focus', update, { signal })
  // An answer that was received by another offset must not look old until the next step.
  const stop = session.subscribe(update)
  return () => {
    stop()
    clearInterval(timer)
    abort.abort()
  }
}
