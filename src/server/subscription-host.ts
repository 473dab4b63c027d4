import { type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { EncodedLists } from '../encoded-lists.ts'
import { HiddenEvent } from '../hidden-event.ts'
import { OperationOutcome } from '../operation-outcome.ts'
import { dropValues } from '../per-operation.ts'
import { AbortQueue } from './abort-queue.ts'
import { printAnswer } from './answer.ts'
import { withDeadline } from './deadline.ts'
import type { FairQueue } from './fair-queue.ts'
import { withoutFurtherErrors } from './left-out-errors.ts'
import type { SubscriptionHost } from './subscriptions.ts'
import type { Documents } from './use-documents.ts'
import { type OperationOptions, untilClientLeaves } from './use-operation.ts'

interface HostOptions<Context extends object> extends OperationOptions<Context> {
  readonly schema: GraphQLSchema
  readonly documents: Documents
  readonly authenticate: SubscriptionHost['authenticate']
}

/**
 * Delivers events with the schema, the settings and the permissions of one configuration. Each event is an operation with a
 * deadline of its own, and takes its time on the event loop from the share of its caller.
 */
export function createSubscriptionHost<Context extends object>(
  options: HostOptions<Context>,
  queue: FairQueue,
): SubscriptionHost {
  const { schema, documents, authenticate, createContext, deadline, clock, limits } = options
  const aborts = new AbortQueue(clock)
  const trusted = new Set(documents.list.values())

  return {
    authenticate,
    accepts: (query) => documents.mode !== 'require' || trusted.has(query),
    execute(subscription, event) {
      const { request, caller } = subscription
      return withDeadline(subscription.signal, deadline, clock, aborts, async (signal) => {
        const timeSlice = queue.open(caller, signal)
        if (timeSlice.isOver()) await timeSlice.next()
        const encodedLists = new EncodedLists()
        const context = createContext({
          requestId: request.requestId,
          document: request.document,
          caller,
          signal,
          timeSlice,
          encodedLists,
          deadline: clock.elapsed() + deadline,
          idempotencyKey: undefined,
          basis: undefined,
          isPassive: true,
          plan: undefined,
          outcome: new OperationOutcome(),
          cause: { requestId: request.requestId, trace: request.trace },
          onCall: () => {},
        })
        try {
          const whole = await execute({
            schema,
            document: request.document,
            operationName: request.operationName ?? null,
            variableValues: request.variables,
            rootValue: event,
            contextValue: context,
          })
          if (whole.errors?.some(({ originalError }) => originalError instanceof HiddenEvent)) return null
          const result: ExecutionResult = withoutFurtherErrors(encodedLists.insertInto(whole))
          return await printAnswer(result, limits.answer, untilClientLeaves(timeSlice, subscription.signal))
        } finally {
          dropValues(context)
        }
      })
    },
  }
}
