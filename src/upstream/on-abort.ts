import { Listeners } from '../listeners.ts'

const listenersOf = new WeakMap<AbortSignal, Listeners>()

/**
 * Calls a function when a signal aborts. Returns a function that prevents it. A signal looks through all its listeners for each one
 * that is added or removed, and hundreds of readings may wait for one operation: here it has one listener, as long as a
 * function waits. Node.js keeps a signal that depends on others in memory until its last listener is removed.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = listenersOf.get(signal) ?? listen(signal)
  const unsubscribe = listeners.subscribe(listener)
  return () => {
    unsubscribe()
    if (listeners.size === 0) stopListening(signal, listeners)
  }
}

function listen(signal: AbortSignal): Listeners {
  const listeners = new Listeners()
  listenersOf.set(signal, listeners)
  signal.addEventListener('abort', listeners.notify, { once: true })
  return listeners
}

function stopListening(signal: AbortSignal, listeners: Listeners): void {
  signal.removeEventListener('abort', listeners.notify)
  if (listenersOf.get(signal) === listeners) listenersOf.delete(signal)
}
