import type { Plugin } from './request-state.ts'

/** Headers besides the CORS-safelisted ones. */
const requestHeaders = 'authorization, content-type, x-certgraph-cost, x-graphql-yoga-csrf, x-request-id'
const responseHeaders = 'retry-after, x-certgraph-mode, x-request-id'

/**
 * Allows web pages of the listed origins to call the API. No request is authenticated by a cookie, so
 * Access-Control-Allow-Credentials is never sent. Other origins get no CORS header, and the browser blocks them.
 */
export function useCors(origins: readonly string[]): Plugin {
  const accepted = new Set(origins)
  const isAccepted = (request: Request) => accepted.has(request.headers.get('origin') ?? '')

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
    onResponse({ request, response }) {
      if (accepted.size === 0) return
      response.headers.append('vary', 'Origin')
      if (!isAccepted(request)) return
      response.headers.set('access-control-allow-origin', request.headers.get('origin') ?? '')
      response.headers.set('access-control-expose-headers', responseHeaders)
    },
  }
}
