import type { Plugin } from './request-state.ts'

/** What a page may send besides what any page may, and read besides the answer. */
const ALLOWED_HEADERS = 'authorization, content-type, x-certgraph-cost, x-graphql-yoga-csrf, x-request-id'
const EXPOSED_HEADERS = 'retry-after, x-certgraph-mode, x-request-id'

/**
 * Lets web pages of the listed origins call and read. Nothing goes by a cookie here, so credentials in the sense of CORS
 * are never asked for. All other origins get no header, which is how a browser is told no.
 */
export function useCors(origins: readonly string[]): Plugin {
  const accepted = new Set(origins)
  const isAccepted = (request: Request) => accepted.has(request.headers.get('origin') ?? '')

  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (request.method !== 'OPTIONS' || !isAccepted(request)) return
      const headers = {
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': '600',
      }
      endResponse(new fetchAPI.Response(null, { status: 204, headers }))
    },
    onResponse({ request, response }) {
      if (accepted.size === 0) return
      response.headers.append('vary', 'Origin')
      if (!isAccepted(request)) return
      response.headers.set('access-control-allow-origin', request.headers.get('origin') ?? '')
      response.headers.set('access-control-expose-headers', EXPOSED_HEADERS)
    },
  }
}
