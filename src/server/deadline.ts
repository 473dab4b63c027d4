import { setMaxListeners } from 'node:events'
import type { Clock } from '../upstream/clock.ts'
import type { AbortQueue } from './abort-queue.ts'

/**
 * Runs one operation with a signal that aborts when its client disconnects (AbortError) or its deadline passes
 * (TimeoutError).
 */
export async function withDeadline<T>(
  client: AbortSignal,
  milliseconds: number,
  clock: Clock,
  aborts: AbortQueue,
  run: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const operation = new AbortController()
  // Each load of the operation adds a listener. Node would report hundreds of them as a leak.
  setMaxListeners(0, operation.signal)

  const disconnect = () => operation.abort(new DOMException('The client disconnected.', 'AbortError'))
  if (client.aborted) disconnect()
  // A listener with a signal is kept by a weak reference, which keeps the whole request until the next full garbage collection.
  const leave = () => aborts.add(disconnect)
  client.addEventListener('abort', leave)

  const expire = () => operation.abort(new DOMException('The deadline of the operation passed.', 'TimeoutError'))
  const cancel = clock.timer(milliseconds, () => aborts.add(expire))

  try {
    return await run(operation.signal)
  } finally {
    client.removeEventListener('abort', leave)
    cancel()
    for (const abort of [disconnect, expire]) aborts.remove(abort)
  }
}
