import type { Logger } from 'pino'
import type { Authenticate, Denial } from '../access/caller.ts'
import { Refusal } from './refusal.ts'
import type { Plugin } from './request-state.ts'

/** Makes out who asks before anything of the request's body is read; 401 where nobody can be made out. */
export function useCaller(authenticate: Authenticate, log: Logger): Plugin {
  return {
    async onRequestParse({ request, serverContext }) {
      const { req, requestId } = serverContext
      const authorization = request.headers.get('authorization')
      const caller = await authenticate({ authorization, address: req?.socket.remoteAddress ?? 'unknown' })
      if (!('reason' in caller)) {
        serverContext.caller = caller
        return
      }
      log.info({ requestId, reason: caller.reason }, 'caller refused')
      throw toRefusal(caller, authorization !== null)
    },
  }
}

/** As RFC 6750, section 3, has it; 503 when it is no fault of the credential. */
function toRefusal({ message, retryAfterSeconds }: Denial, isPresented: boolean): Refusal {
  if (retryAfterSeconds !== undefined) {
    const headers = { 'retry-after': String(retryAfterSeconds) }
    return new Refusal('UNAUTHENTICATED', message, { status: 503, headers, measured: { retryAfterSeconds } })
  }
  const headers = { 'www-authenticate': isPresented ? 'Bearer error="invalid_token"' : 'Bearer' }
  return new Refusal('UNAUTHENTICATED', message, { status: 401, headers })
}
