import type { Plugin } from './request-state.ts'

/** Marks every response that contains invented certificates. */
export function useSandboxHeader(): Plugin {
  return {
    onResponse({ response }) {
      response.headers.set('x-certgraph-mode', 'sandbox')
    },
  }
}
