import type { Logger } from 'pino'
import type { NotifyEndpoint } from '../config/notify.ts'
import { type AttemptDependencies, type AttemptResult, attemptDelivery } from './attempt.ts'
import { afterAttempt, type Delivery } from './delivery.ts'
import { logAttempt } from './delivery-log.ts'
import type { QueuedMessage } from './endpoint-state.ts'
import type { HeldEndpoint } from './held-endpoint.ts'
import { endMessage, flushSummary, nextFlush } from './message-limit.ts'

export interface DeliveryDependencies extends AttemptDependencies {
  readonly log: Logger
  /** From 0 to 1. */
  random(): number
  /** Counts the attempts. */
  onAttempt?(endpoint: string, outcome: AttemptResult['kind'] | 'given_up'): void
}

/** What messages are delivered with. */
interface DeliveryContext {
  readonly endpoint: NotifyEndpoint
  /** A digest of the settings of the endpoint. */
  readonly settings: string
  readonly held: HeldEndpoint
  readonly dependencies: DeliveryDependencies
  /** Aborts when the program stops. An attempt in progress then has a short time. */
  readonly closed: AbortSignal
}

/** Milliseconds that an attempt may still take when the program stops. */
const grace = 2_000
/** The longest wait without anything to send. */
const longestWait = 3_600_000

/** Delivers the messages of an endpoint one after another, each when its time has come, until the signal aborts. */
export async function deliverMessages(context: DeliveryContext, signal: AbortSignal): Promise<void> {
  const { held, dependencies } = context
  const { clock } = dependencies
  while (!signal.aborted) {
    if (held.current.state.summary)
      await held.update(({ state, outages }) => ({ ...flushSummary(state, clock.elapsed()), outages }))
    const { state } = held.current
    const now = clock.elapsed()
    const due = state.stoppedWith === null ? firstDue(state.queue) : null
    const at = due && Math.max(due.nextAt, state.pausedUntil ?? due.nextAt)
    if (due && at !== null && at <= now) await attempt(due, context)
    else
      await wait(Math.min(at ?? now + longestWait, nextFlush(state, now) ?? now + longestWait) - now, context, signal)
  }
}

async function attempt(message: QueuedMessage, context: DeliveryContext): Promise<void> {
  const { endpoint, settings, held, dependencies } = context
  const { clock, log, random, onAttempt } = dependencies
  const result = await send(message, context)
  if (!result) return
  let delivery: Delivery | undefined
  await held.update(({ state, outages }) => {
    delivery = afterAttempt(state, message, result, { now: clock.elapsed(), random: random(), settings })
    return { state: delivery.state, outages, added: [] }
  })
  if (!delivery) return
  onAttempt?.(endpoint.label, result.kind)
  if (delivery.isGivenUp) onAttempt?.(endpoint.label, 'given_up')
  logAttempt(log, endpoint.label, message, result, delivery)
}

/** Null when the outcome is not known, and the message is sent again with the same id; or when the message was lost. */
async function send(
  { id }: QueuedMessage,
  { endpoint, held, dependencies, closed }: DeliveryContext,
): Promise<AttemptResult | null> {
  const { clock, log } = dependencies
  const body = await held.body(id)
  if (body === null) {
    log.error({ endpoint: endpoint.label, messageId: id }, 'a notification was lost: its text is not kept any more')
    await held.update(({ state, outages }) => ({ state: endMessage(state, id, clock.elapsed()), outages, added: [] }))
    return null
  }
  const { lost, assertHeld } = held.hold
  assertHeld()
  const ending = new AbortController()
  const end = () => clock.timer(grace, () => ending.abort())
  closed.addEventListener('abort', end, { once: true })
  try {
    return await attemptDelivery(endpoint, { id, body }, dependencies, AbortSignal.any([ending.signal, lost]))
  } catch (error) {
    if (ending.signal.aborted || lost.aborted) return null
    throw error
  } finally {
    closed.removeEventListener('abort', end)
  }
}

/** Waits this long, or until something is changed. */
async function wait(milliseconds: number, { held, dependencies }: DeliveryContext, signal: AbortSignal): Promise<void> {
  const woken = new AbortController()
  const unsubscribe = held.onUpdate(() => woken.abort())
  await dependencies.clock.sleep(Math.max(0, milliseconds), AbortSignal.any([signal, woken.signal])).catch(() => {})
  unsubscribe()
}

function firstDue(queue: readonly QueuedMessage[]): QueuedMessage | null {
  return queue.reduce<QueuedMessage | null>(
    (first, each) => (first && first.nextAt <= each.nextAt ? first : each),
    null,
  )
}
