import { createHmac } from 'node:crypto'

/** One attempt to deliver a message. */
interface SignedAttempt {
  readonly id: string
  /** Whole seconds since the epoch. */
  readonly timestamp: number
  readonly body: string
}

/** The headers of Standard Webhooks 1.0. While a secret is replaced, there is a signature for each one. */
export function toWebhookHeaders({ id, timestamp, body }: SignedAttempt, secrets: readonly string[]) {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  }
}
