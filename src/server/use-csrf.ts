import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

const authorizationHeader = 'authorization'
/** Headers that clients send to force a preflight, with any value. */
const preflightHeaders = [
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-require-preflight',
  'x-graphql-yoga-csrf',
]

/** A request with one of these headers cannot come from a page of another site without a preflight. */
export const csrfHeaders: readonly string[] = [authorizationHeader, ...preflightHeaders]

/** Browsers add credentials of these schemes by themselves, without a preflight. */
const browserSchemes = /^(basic|digest|negotiate|ntlm)\b/i

const message =
  'The request could come from a page of another site. Send the content type application/json or one of the headers ' +
  `${csrfHeaders.join(', ')}. A page of another origin also needs its origin in server.cors.origins.`

/** Whether no browser adds this header by itself. */
export function isSafeAuthorization(authorization: string | null | undefined): boolean {
  return Boolean(authorization) && !browserSchemes.test(authorization ?? '')
}

/** Rejects requests that a browser sends for a page of another site without a preflight. */
export function useCsrf(): Plugin {
  const prevention = useCSRFPrevention({ requestHeaders: preflightHeaders })
  return {
    onRequestParse(payload) {
      const authorization = payload.request.headers.get(authorizationHeader)
      if (isSafeAuthorization(authorization)) return
      try {
        return prevention.onRequestParse?.(payload)
      } catch {
        throw new RequestError('FORBIDDEN', message, { status: 403 })
      }
    },
  }
}
