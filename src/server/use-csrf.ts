import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import { RequestError } from './request-error.ts'
import type { Plugin } from './request-state.ts'

const HEADER = 'x-graphql-yoga-csrf'

/** Refuses what a page of another site can have a browser send unasked, and says what such a page cannot send. */
export function useCsrf(): Plugin {
  const prevention = useCSRFPrevention({ requestHeaders: [HEADER] })
  return {
    onRequestParse(payload) {
      try {
        return prevention.onRequestParse?.(payload)
      } catch {
        const message = `A page of another site could send this. Send application/json, or the header ${HEADER} with any value.`
        throw new RequestError('FORBIDDEN', message, { status: 403 })
      }
    },
  }
}
