import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'

/** Whether the process accepts requests. `listen` changes the phase. */
export interface Readiness {
  phase: 'starting' | 'ready' | 'draining'
}

export interface ProbeOptions {
  readonly mode: 'live' | 'sandbox'
  readonly version: string
  /** Further members of `/health`, read at each request. */
  readonly features: () => Readonly<Record<string, unknown>>
  readonly readiness: Readiness
}

/** Orchestrators call these under any host name. */
export const probePaths: ReadonlySet<string> = new Set(['/health', '/ready'])

/** `/health` responds 200 while the process runs; `/ready` responds 200 while it accepts requests, else 503. */
export function useProbes({ mode, version, features, readiness }: ProbeOptions): Plugin {
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      const path = toPath(request)
      if (path === '/health') endResponse(fetchAPI.Response.json({ status: 'ok', mode, version, ...features() }))
      if (path === '/ready') {
        const status = readiness.phase === 'ready' ? 200 : 503
        endResponse(fetchAPI.Response.json({ status: readiness.phase }, { status }))
      }
    },
  }
}
