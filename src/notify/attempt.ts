import type { NotifyEndpoint } from '../config/notify.ts'
import { parseDate, parseRetryAfter } from '../upstream/call/retry-after.ts'
import { withTimeout } from '../upstream/call/timeout.ts'
import type { Clock } from '../upstream/clock.ts'
import { RefusedAddressError } from '../upstream/connector.ts'
import type { Transport } from '../upstream/transport.ts'
import type { Payload } from './payload.ts'
import { toWebhookHeaders } from './signature.ts'
import { toSlackMessage } from './slack-message.ts'

/** How an attempt has ended. The reason names neither the URL nor its host. */
export type AttemptResult =
  | { readonly kind: 'delivered'; readonly status: number }
  /** The receiver wants no more messages. */
  | { readonly kind: 'gone'; readonly reason: string }
  | {
      readonly kind: 'failed'
      readonly reason: string
      /** Milliseconds that the receiver asks to wait. */
      readonly retryAfter: number | null
    }

export interface AttemptDependencies {
  readonly clock: Clock
  readonly transport: Pick<Transport, 'send'>
  readonly version: string
}

type Endpoint = Pick<NotifyEndpoint, 'url' | 'secrets' | 'format'>

/** Milliseconds for one attempt. */
const attemptTimeout = 10_000

/** Sends a message once. @throws the reason of the signal when it aborts */
export async function attemptDelivery(
  { url, secrets, format }: Endpoint,
  message: { readonly id: string; readonly body: string },
  { clock, transport, version }: AttemptDependencies,
  signal?: AbortSignal,
): Promise<AttemptResult> {
  const body = format === 'slack' ? JSON.stringify(toSlackMessage(JSON.parse(message.body) as Payload)) : message.body
  const timestamp = Math.floor(clock.now() / 1000)
  const request = {
    method: 'POST' as const,
    url: new URL(url),
    headers: {
      'content-type': 'application/json',
      'user-agent': `certgraph/${version}`,
      ...toWebhookHeaders({ id: message.id, timestamp, body }, secrets),
    },
    body,
  }
  const expired = () => new TimeoutError(`no answer within ${attemptTimeout / 1000} s`)
  try {
    const response = await withTimeout(
      { clock, milliseconds: attemptTimeout, expired, ...(signal && { signal }) },
      (ended) => transport.send(request, ended),
    )
    const { status } = response
    if (status >= 200 && status < 300) return { kind: 'delivered', status }
    if (status === 410) return { kind: 'gone', reason: 'answered 410' }
    const isRedirect = status >= 300 && status < 400
    const seconds = parseRetryAfter(response.header('retry-after'), parseDate(response.header('date'), clock.now()))
    return {
      kind: 'failed',
      reason: isRedirect ? `answered ${status}, and redirects are not followed` : `answered ${status}`,
      retryAfter: seconds === undefined ? null : seconds * 1000,
    }
  } catch (error) {
    signal?.throwIfAborted()
    return { kind: 'failed', reason: toReason(error), retryAfter: null }
  }
}

class TimeoutError extends Error {}

const refused = 'the host has no public address; expected one that has, or "allowPrivate: true"'

/** Messages of the system have the host, which is a part of the URL. Only their codes are used. */
function toReason(error: unknown): string {
  if (error instanceof TimeoutError) return error.message
  const causes = [error, error instanceof Error ? error.cause : null]
  if (causes.some((each) => each instanceof RefusedAddressError)) return refused
  const code = causes.map(codeOf).find((each) => each !== null)
  if (code === undefined) return 'not connected'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host was not found (${code})`
  return tlsCodes.test(code) ? `no trusted TLS connection (${code})` : `not connected (${code})`
}

/** Of Node.js, and of OpenSSL's verification. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCodes = /CERT|CRL|HOSTNAME|INVALID_(CA|PURPOSE)|ISSUER|PATH_LENGTH|PROTO|SIGN|SSL|TLS/

function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : null
}
