import type { OperationLimits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import type { Clock } from '../upstream/clock.ts'
import { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { withDeadline } from './deadline.ts'
import type { Plugin } from './request-state.ts'

export interface OperationOptions<Context extends object> {
  /** Called once per operation. The signal aborts when the client leaves or the deadline, a moment, passes. */
  createContext(request: {
    requestId: string
    caller: Caller
    deadline: number
    signal: AbortSignal
    /** Is told of each call to a vendor. */
    onCall: () => void
  }): Context
  /** Milliseconds one operation may take. */
  readonly deadline: number
  readonly clock: Clock
  readonly limits: { readonly operations: OperationLimits }
}

/**
 * Executes each operation with a context of its own, when its turn has come; the time it waits is part of its time.
 * Resolvers see that object itself and nothing of Yoga's.
 */
export function useOperation<Context extends object>(options: OperationOptions<Context>): Plugin {
  const { createContext, deadline, clock, limits } = options
  const admission = new ConcurrencyLimiter(limits.operations)

  return {
    onExecute({ executeFn, setExecuteFn, extendContext, args: { contextValue } }) {
      const { request, requestId, caller } = contextValue
      if (!caller) throw new Error('An operation of nobody.')
      const calls = { made: 0 }
      const onCall = () => {
        calls.made += 1
      }
      extendContext({ calls })
      setExecuteFn((args) => {
        const by = clock.now() + deadline
        return withDeadline(request.signal, deadline, clock, async (signal) => {
          const leave = await admission.enter(caller.isIdentified ? caller.name : null, signal)
          try {
            const contextValue = createContext({ requestId, caller, signal, onCall, deadline: by })
            return await executeFn({ ...args, contextValue })
          } finally {
            leave()
          }
        })
      })
    },
  }
}
