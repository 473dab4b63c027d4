import { completeHeader, freshHeader, reasonsHeader } from './http-export.ts'
import { idempotencyHeader } from './idempotency-header.ts'
import { planHeader } from './plan-header.ts'
import { costHeader } from './price.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'
import { csrfHeaders } from './use-csrf.ts'
import { requestIdHeader } from './use-request-id.ts'
import { modeHeader } from './use-sandbox-header.ts'

/** Request headers besides the CORS-safelisted ones: of this API, of Apollo's clients, and of tracing in browsers. */
const requestHeaders = [
  'authorization',
  'content-type',
  ...csrfHeaders.filter((name) => name !== 'authorization'),
  costHeader,
  planHeader,
  idempotencyHeader,
  requestIdHeader,
  'apollographql-client-name',
  'apollographql-client-version',
  'x-apollo-operation-id',
  'traceparent',
  'tracestate',
  'baggage',
].join(', ')
const exportHeaders = [completeHeader, freshHeader, reasonsHeader, 'content-disposition']
const responseHeaders = ['retry-after', costHeader, modeHeader, requestIdHeader, ...exportHeaders].join(', ')

/**
 * Allows web pages of the listed origins, and of those that `acceptsOrigin` accepts, to call the API. No request is authenticated by a cookie, so
 * Access-Control-Allow-Credentials is never sent. Other origins get no CORS header, and the browser blocks them.
 */
export function useCors(origins: readonly string[], acceptsOrigin?: (origin: string) => boolean): Plugin {
  const accepted = new Set(origins)
  const isAccepted = ({ headers }: Request) => {
    const origin = headers.get('origin')
    return origin !== null && (accepted.has(origin) || acceptsOrigin?.(origin) === true)
  }

  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (request.method !== 'OPTIONS' || !isAccepted(request)) return
      const headers = {
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': '600',
      }
      endResponse(new fetchAPI.Response(null, { status: 204, headers }))
    },
    onRequestParse({ request: { method, headers } }) {
      if (method !== 'OPTIONS' || !headers.has('access-control-request-method')) return
      const message =
        'Web pages of this origin may not call the API. To allow them, add the origin to server.cors.origins.'
      throw new RequestError('FORBIDDEN', message, { status: 403 })
    },
    onResponse({ request, response }) {
      if (accepted.size === 0 && !acceptsOrigin) return
      response.headers.append('vary', 'Origin')
      if (!isAccepted(request)) return
      response.headers.set('access-control-allow-origin', request.headers.get('origin') ?? '')
      response.headers.set('access-control-expose-headers', responseHeaders)
    },
  }
}
