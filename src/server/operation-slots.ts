import type { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { RequestSlots } from './request-slots.ts'
import type { RequestState } from './request-state.ts'
import type { SlowReaders } from './slow-readers.ts'
import { toCallerKey, type UnsentAnswers } from './unsent-answers.ts'

/** The limits that a request waits for before it is executed. */
interface RequestLimits {
  readonly limiter: ConcurrencyLimiter
  readonly unsent: UnsentAnswers
  readonly readers: SlowReaders
}

/**
 * Waits until a request may be executed. Resolves with a function to call when it was. The request counts until its
 * client has the answer.
 * @throws RequestError
 */
export type TakeSlot = (
  request: Pick<RequestState, 'res' | 'address' | 'caller'>,
  signal: AbortSignal,
) => Promise<() => void>

/** Creates the function that all requests of a server take their slots with. */
export function createTakeSlot({ limiter, unsent, readers }: RequestLimits): TakeSlot {
  const slots = new RequestSlots(readers)
  return (request, signal) => {
    const { res, caller } = request
    if (!caller) throw new Error('caller missing')
    const key = toCallerKey(request)
    const take = async (): Promise<() => void> => {
      let slot: Promise<() => void> | undefined
      const tryToTake = () => {
        if (unsent.admits(key) && limiter.admits(caller)) slot = limiter.acquire(caller, signal)
        return slot !== undefined
      }
      // Answers may have been read since the last look. Earlier operations come first.
      if (readers.hasRefused || !tryToTake()) await readers.retry(tryToTake)
      if (!slot) unsent.admit(key)
      return slot ?? limiter.acquire(caller, signal)
    }
    return slots.acquire(res, take)
  }
}
