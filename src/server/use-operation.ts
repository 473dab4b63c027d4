import type { Clock } from '../upstream/clock.ts'
import { withDeadline } from './deadline.ts'
import type { Plugin } from './request-state.ts'

export interface OperationOptions<Context extends object> {
  /** Called once per operation. The signal aborts when the client leaves or the deadline, a moment, passes. */
  createContext(request: { requestId: string; caller: string; deadline: number; signal: AbortSignal }): Context
  /** Milliseconds one operation may take. */
  readonly deadline: number
  readonly clock: Clock
}

/** Executes each operation with a context of its own. Resolvers see that object itself and nothing of Yoga's. */
export function useOperation<Context extends object>(options: OperationOptions<Context>): Plugin {
  const { createContext, deadline, clock } = options

  return {
    onExecute({ executeFn, setExecuteFn, args: { contextValue } }) {
      const { request, requestId, req } = contextValue
      const caller = req?.socket.remoteAddress ?? 'unknown'
      setExecuteFn((args) =>
        withDeadline(request.signal, deadline, clock, (signal) =>
          executeFn({
            ...args,
            contextValue: createContext({ requestId, caller, signal, deadline: clock.now() + deadline }),
          }),
        ),
      )
    },
  }
}
