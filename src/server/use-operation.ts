import { setImmediate } from 'node:timers/promises'
import { type DocumentNode, OperationTypeNode } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'
import type { AnswerBasis } from '../answer-basis.ts'
import type { CallPlan } from '../call-plan.ts'
import { EncodedLists } from '../encoded-lists.ts'
import type { Limits } from '../limits.ts'
import type { CallCause, Caller } from '../operation.ts'
import { OperationOutcome } from '../operation-outcome.ts'
import { dropValues } from '../per-operation.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Clock } from '../upstream/clock.ts'
import { AbortQueue } from './abort-queue.ts'
import { printAnswer, printMutationAnswer } from './answer.ts'
import { withDeadline } from './deadline.ts'
import { isOperation } from './executed-operation.ts'
import type { FairQueue } from './fair-queue.ts'
import { withoutFurtherErrors } from './left-out-errors.ts'
import type { TakeSlot } from './operation-slots.ts'
import { beginPlan, type PlanOptions, toPlanAnswer } from './planned-operation.ts'
import type { Plugin } from './request-state.ts'

export interface OperationOptions<Context extends object> {
  /** Called once per operation. */
  createContext(request: {
    requestId: string
    /** What is executed; absent where that is no document. */
    document?: DocumentNode
    caller: Caller
    /** The time at which the operation must have ended. */
    deadline: number
    /** Aborts when the client disconnects or the deadline passes. */
    signal: AbortSignal
    /** The idempotency key in the header, of an operation with one mutation. */
    idempotencyKey: string | undefined
    /** Its time on the event loop. */
    timeSlice: TimeSlice
    /** What the answer is made from; absent when it is not given again. */
    basis: AnswerBasis | undefined
    /** The lists of its answer that are converted to JSON as they are made; absent when the executor completes every field. */
    encodedLists: EncodedLists | undefined
    /** Records what is wrong with what the operation reads. */
    outcome: OperationOutcome
    /** The operation as the cause of calls. */
    cause: CallCause
    /** Whether it makes no calls to vendors. */
    isPassive: boolean
    /** Records the calls that it would make. */
    plan: CallPlan | undefined
    /** To be called for each call to a vendor. */
    onCall: () => void
  }): Context
  /** Milliseconds that one operation may take. */
  readonly deadline: number
  readonly clock: Clock
  readonly limits: Pick<Limits, 'operations' | 'answer'>
  readonly plans?: PlanOptions
}

/**
 * Executes each operation with its own context, once the concurrency limit allows. Waiting counts towards the deadline.
 * The operation counts until its client has the answer.
 * Resolvers receive that context and nothing of Yoga's.
 */
export function useOperation<Context extends object>(
  options: OperationOptions<Context>,
  queue: FairQueue,
  takeSlot: TakeSlot,
): Plugin {
  const { createContext, deadline, clock, limits, plans } = options
  const aborts = new AbortQueue(clock)

  return {
    onExecute({ executeFn, setExecuteFn, extendContext, args: { contextValue } }) {
      const {
        request,
        executed,
        requestId,
        caller,
        idempotencyKey,
        pending,
        span,
        operations,
        waited = 0,
      } = contextValue
      if (!caller) throw new Error('caller missing')
      const calls = { made: 0 }
      const onCall = () => {
        calls.made += 1
      }
      extendContext({ calls })
      const cause = { requestId, trace: span?.context }
      setExecuteFn((args) => {
        const timeout = Math.max(0, deadline - waited)
        const by = clock.elapsed() + timeout
        const isQuery = isOperation(args, OperationTypeNode.QUERY)
        const plan = plans && beginPlan(request, caller, isQuery)
        const isRepeatable = operations === undefined && isQuery && !plan
        if (!isRepeatable) pending?.exclude()
        return withDeadline(request.signal, timeout, clock, aborts, async (signal) => {
          const release = await takeSlot(contextValue, signal)
          const outcome = new OperationOutcome()
          extendContext({ outcome })
          let context: Context | undefined
          try {
            const isMutation = isOperation(args, OperationTypeNode.MUTATION)
            if (executed && isMutation) executed.mutation = true
            const basis = isRepeatable ? pending?.begin() : undefined
            const timeSlice = queue.open(caller, signal)
            const encodedLists = plan ? undefined : new EncodedLists()
            context = createContext({
              requestId,
              document: args.document,
              caller,
              signal,
              timeSlice,
              idempotencyKey,
              basis,
              encodedLists,
              outcome,
              cause,
              isPassive: plan !== undefined,
              plan,
              onCall,
              deadline: by,
            })
            const whole = await executeFn({ ...args, contextValue: context })
            if (isAsyncIterable(whole)) {
              basis?.exclude()
              return whole
            }
            if (plan) return toPlanAnswer(plan, args, whole, plans)
            const result = withoutFurtherErrors(encodedLists ? encodedLists.insertInto(whole) : whole)
            if (isMutation) return await printMutationAnswer(result, timeSlice)
            const answer = await printAnswer(result, limits.answer, untilClientLeaves(timeSlice, request.signal))
            if (answer.errors?.length || request.signal.aborted) basis?.exclude()
            // At the deadline it has what was read until then, and those that wait for it have as little time left.
            else if (signal.aborted) basis?.outdate()
            return answer
          } finally {
            if (context) dropValues(context)
            release()
          }
        })
      })
    },
  }
}

/** What was executed by the deadline is answered. A client that has left gets no answer. */
export function untilClientLeaves(
  { isOver, next }: TimeSlice,
  client: AbortSignal,
): Pick<TimeSlice, 'isOver' | 'next'> {
  return {
    isOver,
    async next() {
      try {
        await next()
      } catch (reason) {
        if (client.aborted) throw reason
        await setImmediate()
      }
    },
  }
}
