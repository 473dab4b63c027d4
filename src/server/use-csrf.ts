import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

const csrfHeader = 'x-graphql-yoga-csrf'

/** Rejects requests that a browser sends for a page of another site without a preflight. */
export function useCsrf(): Plugin {
  const prevention = useCSRFPrevention({ requestHeaders: [csrfHeader] })
  return {
    onRequestParse(payload) {
      try {
        return prevention.onRequestParse?.(payload)
      } catch {
        const message = `The request could come from a page of another site. Send the content type application/json, or the header ${csrfHeader} with any value.`
        throw new RequestError('FORBIDDEN', message, { status: 403 })
      }
    },
  }
}
