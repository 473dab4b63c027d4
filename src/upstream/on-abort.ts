import { Listeners } from '../listeners.ts'

const listenersOf = new WeakMap<AbortSignal, Listeners>()

/**
 * Calls a function when a signal aborts. Returns a function that prevents it. A signal looks through all its listeners for each one
 * that is added or removed, and hundreds of readings may wait for one operation: here it has one listener.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  let listeners = listenersOf.get(signal)
  if (!listeners) {
    const added = new Listeners()
    signal.addEventListener('abort', () => added.notify(), { once: true })
    listenersOf.set(signal, added)
    listeners = added
  }
  return listeners.subscribe(listener)
}
