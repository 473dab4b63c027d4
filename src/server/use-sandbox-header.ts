import type { Plugin } from './request-state.ts'

/** Every answer made of invented certificates says so. */
export function useSandboxHeader(): Plugin {
  return {
    onResponse({ response }) {
      response.headers.set('x-certgraph-mode', 'sandbox')
    },
  }
}
