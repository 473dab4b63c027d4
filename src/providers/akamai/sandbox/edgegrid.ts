import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a signature covers. The host is taken from the headers, as the client sent it. */
export interface SignedRequest {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface EdgeGridCredentials {
  readonly clientToken: string
  readonly clientSecret: string
  readonly accessToken: string
}

export interface EdgeGridOptions {
  readonly scheme: 'http' | 'https'
  readonly headersToSign?: readonly string[]
  readonly maxBody?: number
}

export type EdgeGridVerdict =
  | { readonly clientToken: string }
  | { readonly refused: 'malformed' | 'mismatch' | 'replayed' | 'stale' | 'unknown client' }

const form =
  /^EG1-HMAC-SHA256 client_token=([^;]+);access_token=([^;]+);timestamp=([^;]+);nonce=([^;]+);signature=[^;]+$/

/** Milliseconds that a client's clock may be off. */
const TOLERANCE = 30_000

/** Checks requests as the gateway does: known client, current time, right signature, a nonce never used before. */
export function createEdgeGridVerifier(
  now: () => number,
  credentialsOf: (clientToken: string) => EdgeGridCredentials | undefined,
  options: EdgeGridOptions,
) {
  /** Nonces with the time at which they can be forgotten: from then on their timestamp is stale. */
  const used = new Map<string, number>()

  return (request: SignedRequest): EdgeGridVerdict => {
    const authorization = request.headers.authorization ?? ''
    const [, clientToken = '', accessToken, timestamp = '', nonce = ''] = form.exec(authorization) ?? []
    const signedAt = millisecondsOf(timestamp)
    if (signedAt === undefined) return { refused: 'malformed' }
    const credentials = credentialsOf(clientToken)
    if (!credentials || credentials.accessToken !== accessToken) return { refused: 'unknown client' }
    if (Math.abs(now() - signedAt) > TOLERANCE) return { refused: 'stale' }
    if (!equal(authorization, authorizationOf(request, credentials, timestamp, nonce, options))) {
      return { refused: 'mismatch' }
    }
    for (const [known, until] of used) if (until < now()) used.delete(known)
    if (used.has(nonce)) return { refused: 'replayed' }
    used.set(nonce, signedAt + TOLERANCE)
    return { clientToken }
  }
}

/** The whole Authorization header that these credentials give this request. */
export function authorizationOf(
  { method, target, headers, body }: SignedRequest,
  { clientToken, clientSecret, accessToken }: EdgeGridCredentials,
  timestamp: string,
  nonce: string,
  { scheme, headersToSign = [], maxBody = 131_072 }: EdgeGridOptions,
): string {
  const unsigned = `EG1-HMAC-SHA256 client_token=${clientToken};access_token=${accessToken};timestamp=${timestamp};nonce=${nonce};`
  // Bodies of POST alone are covered, and of long ones the beginning.
  const covered = method === 'POST' ? Buffer.from(body).subarray(0, maxBody) : Buffer.alloc(0)
  const contentHash = covered.length > 0 ? createHash('sha256').update(covered).digest('base64') : ''
  const signedHeaders = headersToSign.flatMap((name) => {
    const value = headers[name.toLowerCase()]
    return value === undefined ? [] : [`${name.toLowerCase()}:${String(value).trim().replaceAll(/\s+/g, ' ')}`]
  })
  const host = (headers.host ?? '').toLowerCase()
  const data = [method, scheme, host, target, signedHeaders.join('\t'), contentHash, unsigned].join('\t')
  // The key is the base64 text of the first digest, not its bytes.
  return `${unsigned}signature=${hmac(hmac(clientSecret, timestamp), data)}`
}

function hmac(key: string, message: string): string {
  return createHmac('sha256', key).update(message).digest('base64')
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** Of `20300131T23:59:59+0000`. */
function millisecondsOf(timestamp: string): number | undefined {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)T(\d\d:\d\d:\d\d)\+0000$/.exec(timestamp) ?? []
  const parsed = Date.parse(`${year}-${month}-${day}T${time}Z`)
  return Number.isNaN(parsed) ? undefined : parsed
}
