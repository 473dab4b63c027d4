import { type DocumentNode, getOperationAST, OperationTypeNode } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'
import type { Limits } from '../limits.ts'
import type { Caller } from '../operation.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import { printAnswer, printMutationAnswer } from './answer.ts'
import { ConcurrencyLimiter } from './concurrency-limiter.ts'
import { withDeadline } from './deadline.ts'
import type { FairQueue } from './fair-queue.ts'
import { withoutFurtherErrors } from './left-out-errors.ts'
import { RequestSlots } from './request-slots.ts'
import type { Plugin } from './request-state.ts'
import type { SlowReaders } from './slow-readers.ts'
import { toCallerKey, type UnsentAnswers } from './unsent-answers.ts'

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
    /** Its time on the event loop. */
    timeSlice: TimeSlice
    /** To be called for each call to a vendor. */
    onCall: () => void
  }): Context
  /** Milliseconds that one operation may take. */
  readonly deadline: number
  readonly clock: Clock
  readonly limits: Pick<Limits, 'operations' | 'answer'>
}

/**
 * Executes each operation with its own context, once the concurrency limit allows. Waiting counts towards the deadline.
 * The operation counts until its client has the answer.
 * Resolvers receive that context and nothing of Yoga's.
 */
export function useOperation<Context extends object>(
  options: OperationOptions<Context>,
  queue: FairQueue,
  unsent: UnsentAnswers,
  readers: SlowReaders,
): Plugin {
  const { createContext, deadline, clock, limits } = options
  const slots = new RequestSlots(readers)
  const limiter = new ConcurrencyLimiter(limits.operations, (caller) => queue.usedBy(caller))

  return {
    onExecute({ executeFn, setExecuteFn, extendContext, args: { contextValue } }) {
      const { request, res, executed, requestId, caller, idempotencyKey } = contextValue
      if (!caller) throw new Error('caller missing')
      const calls = { made: 0 }
      const onCall = () => {
        calls.made += 1
      }
      extendContext({ calls })
      setExecuteFn((args) => {
        const by = clock.elapsed() + deadline
        return withDeadline(request.signal, deadline, clock, async (signal) => {
          const take = async () => {
            unsent.admit(toCallerKey(contextValue))
            return limiter.acquire(caller, signal)
          }
          const release = await slots.acquire(res, () =>
            take().catch(async (error) => {
              // Answers may have been read since the last look.
              if (await readers.refresh()) return take()
              throw error
            }),
          )
          try {
            if (executed && isMutation(args)) executed.mutation = true
            const timeSlice = queue.open(caller, signal)
            const context = createContext({
              requestId,
              caller,
              signal,
              timeSlice,
              idempotencyKey,
              onCall,
              deadline: by,
            })
            const whole = await executeFn({ ...args, contextValue: context })
            if (isAsyncIterable(whole)) return whole
            const result = withoutFurtherErrors(whole)
            if (isMutation(args)) return await printMutationAnswer(result, timeSlice)
            return await printAnswer(result, limits.answer, timeSlice)
          } finally {
            release()
          }
        })
      })
    },
  }
}

interface ExecutedOperation {
  readonly document: DocumentNode
  readonly operationName?: string | null
}

function isMutation({ document, operationName }: ExecutedOperation): boolean {
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION
}
