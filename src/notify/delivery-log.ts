import type { Logger } from 'pino'
import type { AttemptResult } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import type { QueuedMessage } from './endpoint-state.ts'

export const stoppedText =
  'the receiver has answered 410: nothing is sent to the endpoint until its settings change; its messages are dropped'

/** Logs how an attempt has ended. */
export function logAttempt(
  log: Logger,
  endpoint: string,
  { id, type, attempts }: QueuedMessage,
  result: AttemptResult,
  { isGivenUp, retryIn, dropped }: Delivery,
): void {
  const attempt = { endpoint, messageId: id, type, attempt: attempts + 1 }
  if (result.kind === 'delivered') log.info({ ...attempt, status: result.status }, 'notification delivered')
  else if (result.kind === 'gone') log.error({ ...attempt, reason: result.reason, dropped }, stoppedText)
  else if (isGivenUp)
    log.error({ ...attempt, reason: result.reason }, 'notification given up: no attempt of a day has succeeded')
  else {
    const retryInSeconds = Math.round((retryIn ?? 0) / 1000)
    log.warn({ ...attempt, reason: result.reason, retryInSeconds }, 'notification not delivered')
  }
}
