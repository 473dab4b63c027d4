import type { Logger } from 'pino'
import type { Authenticate, Denial } from '../access/caller.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** A response depends on the caller's places and permissions, so a cache must not serve it to another caller. */
const cacheHeaders = { 'cache-control': 'private, no-store', vary: 'Authorization' }

/** Authenticates the caller before the body of the request is read. Responds 401 when that fails. */
export function useAuthentication(authenticate: Authenticate, log: Logger): Plugin {
  return {
    async onRequestParse({ request, serverContext }) {
      const { req, requestId } = serverContext
      const authorization = request.headers.get('authorization')
      const address = req?.socket.remoteAddress ?? 'unknown'
      // The credential was checked when an identical request was searched for.
      const caller = serverContext.authentication ?? (await authenticate({ authorization, address }))
      if (!('reason' in caller)) {
        serverContext.caller = caller
        return
      }
      log.info({ requestId, address, reason: caller.reason }, 'authentication failed')
      throw toAuthenticationError(caller, authorization !== null)
    },
    onResponse({ response, serverContext }) {
      // With public access the response is the same for every caller.
      if (!serverContext.caller?.isIdentified) return
      for (const [name, value] of Object.entries(cacheHeaders)) response.headers.append(name, value)
    },
  }
}

/** 401 with the challenge of RFC 6750, section 3; 503 when the credential could not be checked. */
export function toAuthenticationError({ message, retryAfterSeconds }: Denial, hasCredential: boolean): RequestError {
  if (retryAfterSeconds !== undefined) {
    return new RequestError('UNAUTHENTICATED', message, { status: 503, headers: cacheHeaders, retryAfterSeconds })
  }
  const headers = { ...cacheHeaders, 'www-authenticate': hasCredential ? 'Bearer error="invalid_token"' : 'Bearer' }
  return new RequestError('UNAUTHENTICATED', message, { status: 401, headers })
}
