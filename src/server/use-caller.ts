import type { Logger } from 'pino'
import type { Authenticate, Denial } from '../access/caller.ts'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

/** An answer is for whom it was given to: places and scopes are in it, and no cache may give it to the next one. */
const ownAnswer = { 'cache-control': 'private, no-store', vary: 'Authorization' }

/** Makes out who asks before anything of the request's body is read; 401 where nobody can be made out. */
export function useCaller(authenticate: Authenticate, log: Logger): Plugin {
  return {
    async onRequestParse({ request, serverContext }) {
      const { req, requestId } = serverContext
      const authorization = request.headers.get('authorization')
      const address = req?.socket.remoteAddress ?? 'unknown'
      const caller = await authenticate({ authorization, address })
      if (!('reason' in caller)) {
        serverContext.caller = caller
        return
      }
      log.info({ requestId, address, reason: caller.reason }, 'caller refused')
      throw toRefusal(caller, authorization !== null)
    },
    onResponse({ response, serverContext }) {
      // Where nobody has to show who they are, all get the same.
      if (!serverContext.caller?.isIdentified) return
      for (const [name, value] of Object.entries(ownAnswer)) response.headers.append(name, value)
    },
  }
}

/** As RFC 6750, section 3, has it; 503 when it is no fault of the credential. */
function toRefusal({ message, retryAfterSeconds }: Denial, isPresented: boolean): RequestError {
  if (retryAfterSeconds !== undefined) {
    return new RequestError('UNAUTHENTICATED', message, { status: 503, headers: ownAnswer, retryAfterSeconds })
  }
  const headers = { ...ownAnswer, 'www-authenticate': isPresented ? 'Bearer error="invalid_token"' : 'Bearer' }
  return new RequestError('UNAUTHENTICATED', message, { status: 401, headers })
}
