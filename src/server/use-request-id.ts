import { randomUUID } from 'node:crypto'
import type { Plugin } from './request-state.ts'

const HEADER = 'x-request-id'
const CALLERS_OWN = /^[A-Za-z0-9._-]{1,64}$/

/** Every answer names its request. A caller's own id is kept when it can be printed anywhere without harm. */
export function useRequestId(): Plugin {
  return {
    onRequest({ request, serverContext }) {
      const given = request.headers.get(HEADER)
      serverContext.requestId = given && CALLERS_OWN.test(given) ? given : randomUUID()
    },
    onResponse({ response, serverContext }) {
      response.headers.set(HEADER, serverContext.requestId)
    },
  }
}
