import { Buffer } from 'node:buffer'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Authenticate, Denial } from '../access/caller.ts'
import type { Caller } from '../operation.ts'
import { acceptsGzip } from './accept-encoding.ts'
import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'

export const metricsPath = '/metrics'
/** Most of the text is repeated, so that the fastest level makes it a tenth. */
export const compression = { level: 1 }

/** The metrics, as text. */
export interface MetricsSource {
  readonly contentType: string
  /** The metrics that a caller with these places may see, in parts. */
  scrape(caller: Pick<Caller, 'places'>): Promise<readonly Uint8Array[]>
}

/** One operation that has ended. */
export interface EndedOperation {
  /** Absent for an operation without a name. */
  readonly name: string | undefined
  readonly outcome: 'success' | 'partial' | 'error' | 'client_left'
  readonly milliseconds: number
}

export type CountOperation = (operation: EndedOperation) => void

interface MetricsOptions {
  readonly metrics: MetricsSource
  readonly authenticate: Authenticate
  readonly isAcceptedHost: (host: string) => boolean
}

/** In a thread of its own. */
const compress = promisify(gzip)

type RequestHook = NonNullable<Plugin['onRequest']>

const plain = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

/**
 * Serves the metrics. A request with a valid credential may have any Host, because Prometheus scrapes by address: a web page that
 * points its own host name here has no credential.
 */
export function useMetrics({ metrics, authenticate, isAcceptedHost }: MetricsOptions): Plugin {
  async function answer({
    request,
    serverContext: { req },
    fetchAPI: { Response },
    endResponse,
  }: Parameters<RequestHook>[0]): Promise<void> {
    const authorization = request.headers.get('authorization')
    const caller = await authenticate({ authorization, address: req?.socket.remoteAddress ?? 'unknown' })
    const host = request.headers.get('host') ?? (req ? '' : new URL(request.url).host)
    // The check of the Host header, which comes next, rejects the request.
    if (('reason' in caller || !caller.isIdentified) && !isAcceptedHost(host)) return

    const refuse = (status: number, message: string, headers: Readonly<Record<string, string>> = {}) =>
      endResponse(new Response(`${message}\n`, { status, headers: { ...plain, ...headers } }))
    if ('reason' in caller) {
      const { status, headers } = toRejection(caller, authorization !== null)
      return refuse(status, caller.message, headers)
    }
    if (!caller.permissions.has('metrics:read')) return refuse(403, 'The credential lacks the scope metrics:read.')
    if (!isRead(request.method)) return refuse(405, 'Send GET to read the metrics.', { allow: 'GET, HEAD' })
    const headers = { ...plain, 'content-type': metrics.contentType, vary: 'Authorization, Accept-Encoding' }
    const text = request.method === 'HEAD' ? null : Buffer.concat(await metrics.scrape(caller))
    const isCompressed = text !== null && acceptsGzip(request.headers.get('accept-encoding'))
    const body = isCompressed ? await compress(text, compression) : text
    const encoding = isCompressed ? { 'content-encoding': 'gzip' } : {}
    endResponse(
      new Response(body, { headers: { ...headers, ...encoding, 'content-length': String(body?.length ?? 0) } }),
    )
  }

  return {
    // Asynchronous for these requests only: the others would each wait for a promise.
    onRequest(payload) {
      const { request } = payload
      return request.url.includes(metricsPath) && toPath(request) === metricsPath ? answer(payload) : undefined
    },
  }
}

export function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** 401 with the challenge of RFC 6750, section 3; 503 when the credential could not be checked. */
function toRejection({ retryAfterSeconds }: Denial, hasCredential: boolean) {
  if (retryAfterSeconds !== undefined) return { status: 503, headers: { 'retry-after': String(retryAfterSeconds) } }
  return { status: 401, headers: { 'www-authenticate': hasCredential ? 'Bearer error="invalid_token"' : 'Bearer' } }
}
