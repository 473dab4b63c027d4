import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'

/** Where the process stands between its start and its end. */
export interface Readiness {
  phase: 'starting' | 'ready' | 'draining'
}

export interface ProbeOptions {
  readonly mode: 'live' | 'sandbox'
  readonly version: string
  /** What is switched on, asked for anew each time. */
  readonly features: () => Readonly<Record<string, unknown>>
  readonly readiness: Readiness
}

/** The paths an orchestrator asks, by whatever address it knows. */
export const PROBES: ReadonlySet<string> = new Set(['/health', '/ready'])

/** `/health` answers while the process lives, `/ready` while it should be sent requests. */
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
