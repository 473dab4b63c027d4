import type { SessionStore } from './session.ts'
import { createStore, type Store } from './store.ts'

/** The time by the clock of the server, which the times in its answers are from. It moves every few seconds. */
export type Clock = Store<number>

const step = 5_000

export const createClock = (): Clock => createStore(Date.now())

/** Keeps the clock moving. Returns a function that stops it. */
export function startClock(clock: Clock, session: SessionStore): () => void {
  const update = () => clock.set(Date.now() + session.get().clockOffset)
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
