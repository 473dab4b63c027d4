import { createSourceEventStream, type ExecutionArgs } from 'graphql'
import { isAsyncIterable, processRegularResult } from 'graphql-yoga'
import type { Logger } from 'pino'
import { OperationOutcome } from '../operation-outcome.ts'
import type { FairQueue } from './fair-queue.ts'
import { rejectPlan } from './planned-operation.ts'
import { RequestError } from './request-error.ts'
import type { Plugin, RequestState } from './request-state.ts'
import type { StreamCounter } from './stream-counter.ts'
import { Subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'
import { toCallerKey, type UnsentAnswers } from './unsent-answers.ts'
import type { OperationOptions } from './use-operation.ts'

interface SubscriptionOptions<Context extends object> extends OperationOptions<Context> {
  readonly log: Logger
  readonly countStreams?: StreamCounter | undefined
}

/**
 * Answers a subscription with a stream of events. It counts as a stream and not as an operation, and has no deadline. Each
 * event is made when the one before it was accepted by the connection, by the server that is in use then.
 */
export function useSubscriptions<Context extends object>(
  options: SubscriptionOptions<Context>,
  queue: FairQueue,
  unsent: UnsentAnswers,
  subscriptions: Subscriptions,
): Plugin {
  const { createContext, deadline, clock, log, countStreams } = options

  /** The operation that resolves the arguments, and that the source of the events belongs to. */
  function toSourceContext(subscription: Subscription): Context {
    const { request, caller, signal } = subscription
    const { requestId, document, trace } = request
    return createContext({
      requestId,
      document,
      caller,
      signal,
      timeSlice: queue.open(caller, signal),
      deadline: clock.elapsed() + deadline,
      idempotencyKey: undefined,
      basis: undefined,
      encodedLists: undefined,
      isPassive: false,
      plan: undefined,
      outcome: new OperationOutcome(),
      cause: { requestId, trace },
      onCall: () => {
        subscription.calls += 1
      },
    })
  }

  function begin(subscription: Subscription, state: RequestState): void {
    const { requestId, operationName, cost, span, startedAt } = state
    const identity = { requestId, caller: subscription.caller.name, operationName, traceId: span?.traceId }
    log.info({ ...identity, cost }, 'subscription began')
    countStreams?.opened()
    const end = () => {
      const { reason, error, events, calls: upstreamCalls } = subscription
      const durationMs = Math.round(clock.elapsed() - startedAt)
      const codes = error && [error.extensions['code']]
      log.info({ ...identity, events, upstreamCalls, durationMs, reason, codes }, 'subscription ended')
      span?.end(reason === 'client_left' ? { clientLeft: true } : { codes: codes ?? [] })
      countStreams?.ended(reason ?? 'completed')
    }
    if (subscription.signal.aborted) end()
    else subscription.signal.addEventListener('abort', end, { once: true })
  }

  async function* deliver(source: AsyncIterable<unknown>, subscription: Subscription) {
    try {
      for await (const event of source) {
        await subscription.checked
        if (subscription.reason !== null) break
        const result = await subscriptions.host.execute(subscription, event)
        if (subscription.reason !== null) break
        if (result === null) continue
        subscription.events += 1
        countStreams?.delivered()
        yield result
      }
      subscription.end('completed')
    } catch (error) {
      // What was begun fails when the stream ends.
      if (subscription.reason === null) {
        subscription.end('failed')
        throw error
      }
    } finally {
      subscription.end('client_left')
    }
    if (subscription.error) yield { errors: [subscription.error] }
  }

  const requests = new WeakSet<Request>()

  return {
    /** nginx and others would deliver many events together. */
    onResponse({ response, serverContext }) {
      if (serverContext.subscription) response.headers.set('x-accel-buffering', 'no')
    },
    /** Yoga answers an error without a body when the client accepts neither JSON nor events. */
    onResultProcess({ request, result, resultProcessor, setResultProcessor }) {
      if (!requests.has(request) || resultProcessor || isAsyncIterable(result)) return
      setResultProcessor(processRegularResult, 'application/graphql-response+json')
    },
    onSubscribe({ args: { contextValue: state }, setSubscribeFn, extendContext }) {
      requests.add(state.request)
      const { request, requestId, caller, address = 'unknown', res, span, params } = state
      if (!caller) throw new Error('caller missing')
      state.pending?.exclude()
      rejectPlan(request)
      rejectOtherForms(state, request)
      unsent.admit(toCallerKey({ caller, address }))
      setSubscribeFn(async (args: ExecutionArgs) => {
        const subscription = new Subscription(
          {
            requestId,
            document: args.document,
            query: params.query ?? '',
            operationName: args.operationName ?? undefined,
            variables: args.variableValues ?? {},
            authorization: request.headers.get('authorization'),
            address,
            trace: span?.context,
            response: res,
          },
          caller,
        )
        subscriptions.add(subscription)
        const leave = () => subscription.end('client_left')
        request.signal.addEventListener('abort', leave, { once: true })
        const stopTimer = clock.timer(deadline, () => subscription.expire())
        try {
          const source = await createSourceEventStream({ ...args, contextValue: toSourceContext(subscription) })
          if (!isAsyncIterable(source)) {
            subscription.end('failed')
            return source
          }
          extendContext({ subscription })
          begin(subscription, state)
          if (request.signal.aborted) leave()
          return deliver(source, subscription)
        } catch (error) {
          subscription.end('failed')
          throw error
        } finally {
          stopTimer()
        }
      })
    },
  }
}

/** @throws RequestError for a request that a stream cannot answer */
function rejectOtherForms({ operations }: RequestState, { headers }: Pick<Request, 'headers'>): void {
  if (operations !== undefined) {
    const message = 'The request is a list with a subscription; expected a request with the subscription alone.'
    throw new RequestError('BAD_USER_INPUT', message)
  }
  if (acceptsEvents(headers.get('accept') || '*/*')) return
  const message = 'A subscription is answered with server-sent events; expected text/event-stream in the header Accept.'
  throw new RequestError('BAD_USER_INPUT', message, { status: 406 })
}

const eventTypes = ['text/event-stream', 'text/*', '*/*']

/** Reads the header as Yoga does, which chooses the form of the answer. */
function acceptsEvents(accept: string): boolean {
  return accept
    .replace(/\s/g, '')
    .toLowerCase()
    .split(',')
    .some((each) => {
      const [type = '', ...parameters] = each.split(';')
      const charset = parameters.find((parameter) => parameter.includes('charset='))
      return eventTypes.includes(type) && (charset === undefined || charset === 'charset=utf-8')
    })
}
