import { createHash, createHmac } from 'node:crypto'
import type { OutgoingRequest } from '../../upstream/transport.ts'
import type { AkamaiCredentials } from './config.ts'

/** The signed parts of a request. */
export interface SignedRequest extends Pick<OutgoingRequest, 'url' | 'headers' | 'body'> {
  readonly method: string
}

/** The values that make a signature unique. Each attempt has its own. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly nonce: string
}

/**
 * The Authorization header of Akamai's EdgeGrid scheme, EG1-HMAC-SHA256
 * (https://techdocs.akamai.com/developer/docs/authenticate-with-edgegrid).
 */
export function signEdgeGrid(credentials: AkamaiCredentials, request: SignedRequest, attempt: Attempt): string {
  const { clientToken, accessToken, clientSecret } = credentials
  const timestamp = edgeGridTimestamp(attempt.now)
  const unsigned =
    `EG1-HMAC-SHA256 client_token=${clientToken};access_token=${accessToken};` +
    `timestamp=${timestamp};nonce=${attempt.nonce};`
  const { url } = request
  const dataToSign = [
    request.method,
    url.protocol.replace(':', ''),
    url.host,
    url.pathname + url.search,
    canonicalHeaders(credentials, request),
    contentHash(credentials, request),
    unsigned,
  ].join('\t')
  // The secret and the key derived from it are used as text. Neither is decoded.
  return `${unsigned}signature=${hmac(hmac(clientSecret, timestamp), dataToSign)}`
}

/** `yyyyMMddTHH:mm:ss+0000` */
export function edgeGridTimestamp(now: number): string {
  return new Date(now)
    .toISOString()
    .replaceAll('-', '')
    .replace(/\.\d+Z$/, '+0000')
}

function hmac(key: string, message: string): string {
  return createHmac('sha256', key).update(message).digest('base64')
}

function canonicalHeaders({ headersToSign }: AkamaiCredentials, { headers }: SignedRequest): string {
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return headersToSign
    .map((name) => name.toLowerCase())
    .flatMap((name) => {
      const value = sent.get(name)
      return value === undefined ? [] : [`${name}:${value.trim().replace(/\s+/g, ' ')}`]
    })
    .join('\t')
}

/** Only the body of a POST is hashed, up to `maxBody` bytes. */
function contentHash({ maxBody }: AkamaiCredentials, { method, body }: SignedRequest): string {
  if (method !== 'POST' || !body) return ''
  return createHash('sha256').update(Buffer.from(body).subarray(0, maxBody)).digest('base64')
}
