import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The parts that a signature covers. The host is in the headers. */
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
  | { readonly rejected: 'malformed' | 'mismatch' | 'replayed' | 'stale' | 'unknown client' }

const authorizationPattern =
  /^EG1-HMAC-SHA256 client_token=([^;]+);access_token=([^;]+);timestamp=([^;]+);nonce=([^;]+);signature=[^;]+$/

/** Milliseconds by which a client's clock may differ. */
const maxClockSkew = 30_000

/** Verifies requests as the gateway does: a known client, a current timestamp, a valid signature and a new nonce. */
export function createEdgeGridVerifier(
  now: () => number,
  credentialsOf: (clientToken: string) => EdgeGridCredentials | undefined,
  options: EdgeGridOptions,
) {
  /** Nonces with the time from which their timestamp is stale, so that they can be deleted. */
  const used = new Map<string, number>()

  return (request: SignedRequest): EdgeGridVerdict => {
    const authorization = request.headers.authorization ?? ''
    const [, clientToken = '', accessToken, timestamp = '', nonce = ''] = authorizationPattern.exec(authorization) ?? []
    const signedAt = millisecondsOf(timestamp)
    if (signedAt === undefined) return { rejected: 'malformed' }
    const credentials = credentialsOf(clientToken)
    if (!credentials || credentials.accessToken !== accessToken) return { rejected: 'unknown client' }
    if (Math.abs(now() - signedAt) > maxClockSkew) return { rejected: 'stale' }
    if (!equal(authorization, authorizationOf(request, credentials, timestamp, nonce, options))) {
      return { rejected: 'mismatch' }
    }
    for (const [known, until] of used) if (until < now()) used.delete(known)
    if (used.has(nonce)) return { rejected: 'replayed' }
    used.set(nonce, signedAt + maxClockSkew)
    return { clientToken }
  }
}

/** The Authorization header of a request. */
export function authorizationOf(
  { method, target, headers, body }: SignedRequest,
  { clientToken, clientSecret, accessToken }: EdgeGridCredentials,
  timestamp: string,
  nonce: string,
  { scheme, headersToSign = [], maxBody = 131_072 }: EdgeGridOptions,
): string {
  const unsigned = `EG1-HMAC-SHA256 client_token=${clientToken};access_token=${accessToken};timestamp=${timestamp};nonce=${nonce};`
  // The signature covers the body of POST requests only, up to maxBody.
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

/** `20300131T23:59:59+0000` → milliseconds since the epoch. */
function millisecondsOf(timestamp: string): number | undefined {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)T(\d\d:\d\d:\d\d)\+0000$/.exec(timestamp) ?? []
  const parsed = Date.parse(`${year}-${month}-${day}T${time}Z`)
  return Number.isNaN(parsed) ? undefined : parsed
}
