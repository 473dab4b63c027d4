import type { IncomingMessage } from 'node:http'
import type { Plugin } from './request-state.ts'

/**
 * Gives Yoga the body that has been read. It would read the request as a stream, and keep the stream and all that belongs to
 * it by weak references until the next full garbage collection.
 */
export function useBody(): Plugin {
  return {
    onRequest({ request: { url, headers, signal }, serverContext: { body }, setRequest, fetchAPI: { Request } }) {
      if (body) setRequest(new Request(url, { method: 'POST', headers, signal, body }))
    },
  }
}

/** What Yoga makes a request from whose body it gets from the plugin: a request without one. */
export function withoutBody({ url, headers }: IncomingMessage) {
  return { method: 'GET', url, headers }
}
