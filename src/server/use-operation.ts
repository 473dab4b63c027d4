import type { OperationLimits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import type { Clock } from '../upstream/clock.ts'
import { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { withDeadline } from './deadline.ts'
import type { Plugin } from './request-state.ts'

export interface OperationOptions<Context extends object> {
  /** Called once per operation. */
  createContext(request: {
    requestId: string
    caller: Caller
    /** The time at which the operation must have ended. */
    deadline: number
    /** Aborts when the client disconnects or the deadline passes. */
    signal: AbortSignal
    /** The idempotency key in the header, of an operation with one mutation. */
    idempotencyKey: string | undefined
    /** To be called for each call to a vendor. */
    onCall: () => void
  }): Context
  /** Milliseconds that one operation may take. */
  readonly deadline: number
  readonly clock: Clock
  readonly limits: { readonly operations: OperationLimits }
}

/**
 * Executes each operation with its own context, once the concurrency limit allows. Waiting counts towards the deadline.
 * Resolvers receive that context and nothing of Yoga's.
 */
export function useOperation<Context extends object>(options: OperationOptions<Context>): Plugin {
  const { createContext, deadline, clock, limits } = options
  const limiter = new ConcurrencyLimiter(limits.operations)

  return {
    onExecute({ executeFn, setExecuteFn, extendContext, args: { contextValue } }) {
      const { request, requestId, caller, idempotencyKey } = contextValue
      if (!caller) throw new Error('caller missing')
      const calls = { made: 0 }
      const onCall = () => {
        calls.made += 1
      }
      extendContext({ calls })
      setExecuteFn((args) => {
        const by = clock.elapsed() + deadline
        return withDeadline(request.signal, deadline, clock, async (signal) => {
          const release = await limiter.acquire(caller.isIdentified ? caller.name : null, signal)
          try {
            const contextValue = createContext({ requestId, caller, signal, idempotencyKey, onCall, deadline: by })
            return await executeFn({ ...args, contextValue })
          } finally {
            release()
          }
        })
      })
    },
  }
}
