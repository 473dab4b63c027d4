import type { Plugin } from './request-state.ts'

export const modeHeader = 'x-certgraph-mode'

/** Marks every response that contains invented certificates. */
export function useSandboxHeader(): Plugin {
  return {
    onResponse({ response }) {
      response.headers.set(modeHeader, 'sandbox')
    },
  }
}
