import { randomUUID } from 'node:crypto'
import { hasPrivateKey } from '../private-key.ts'
import type { Plugin } from './request-state.ts'

export const requestIdHeader = 'x-request-id'
const safeId = /^[A-Za-z0-9._-]{1,64}$/

/** The client's own request id when it is safe to print, else a new one. */
export function toRequestId(given: string | null | undefined): string {
  return given && safeId.test(given) && !hasPrivateKey(given) ? given : randomUUID()
}

/** Adds a request id to every response: the client's own when it is safe to print, else a new one. */
export function useRequestId(): Plugin {
  return {
    onRequest({ request, serverContext }) {
      serverContext.requestId = toRequestId(request.headers.get(requestIdHeader))
    },
    onResponse({ response, serverContext }) {
      response.headers.set(requestIdHeader, serverContext.requestId)
    },
  }
}
