import { setMaxListeners } from 'node:events'
import type { Clock } from '../upstream/clock.ts'

/**
 * Runs one operation under a signal that aborts when its client leaves (AbortError) or its time is up (TimeoutError).
 * Nothing waits any longer once the operation has ended.
 */
export async function withDeadline<T>(
  client: AbortSignal,
  deadline: number,
  clock: Clock,
  run: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const operation = new AbortController()
  // Every load of the operation listens: hundreds of places are no leak.
  setMaxListeners(0, operation.signal)
  const ended = new AbortController()

  const leave = () => operation.abort(new DOMException('The client has left.', 'AbortError'))
  if (client.aborted) leave()
  client.addEventListener('abort', leave, { signal: ended.signal })

  const expire = () => operation.abort(new DOMException('The deadline of the operation has passed.', 'TimeoutError'))
  clock.sleep(deadline, ended.signal).then(expire, () => {})

  try {
    return await run(operation.signal)
  } finally {
    ended.abort()
  }
}
