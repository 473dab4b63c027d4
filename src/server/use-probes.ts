import type { Authenticate } from '../access/caller.ts'
import type { Caller } from '../operation.ts'
import { toPath } from './path.ts'
import type { Plugin, RequestState } from './request-state.ts'

/** Whether the process accepts requests. `listen` changes the phase. */
export interface Readiness {
  phase: 'starting' | 'ready' | 'draining'
}

/** Whether everything works for a caller, and the state of each of the caller's places. */
export interface Health {
  readonly status: 'ok' | 'degraded'
  readonly [member: string]: unknown
}

export interface ProbeOptions {
  readonly mode: 'live' | 'sandbox'
  readonly version: string
  /** Makes no call to a vendor. */
  health(visitor: Pick<Caller, 'places'>): Health
  /** Further members of `/health` for callers who may see all places, read at each request. */
  readonly features: () => Readonly<Record<string, unknown>>
  readonly authenticate: Authenticate
  readonly isAcceptedHost: (host: string) => boolean
  readonly readiness: Readiness
}

/** Orchestrators call these under any host name. */
export const probePaths: ReadonlySet<string> = new Set(['/health', '/ready'])

const everyPlace = { places: null }
/** What `/health` contains depends on the caller. */
const healthHeaders = { 'cache-control': 'no-store', vary: 'Authorization, Host' }

/** `/health` responds 200 while the process runs; `/ready` responds 200 while it accepts requests, else 503. */
export function useProbes(options: ProbeOptions): Plugin {
  const { mode, version, health, features, authenticate, isAcceptedHost, readiness } = options

  /** A page of another site can reach `/health` under its own host name, and orchestrators send no key: neither learns details. */
  async function toCaller({ headers }: Request, { req, address }: RequestState): Promise<Caller | null> {
    if (req && !isAcceptedHost(headers.get('host') ?? '')) return null
    const credentials = { authorization: headers.get('authorization'), address: address ?? 'unknown' }
    const caller = await authenticate(credentials)
    return 'reason' in caller ? null : caller
  }

  function toBody(caller: Caller | null): object {
    const { status, ...details } = health(caller ?? everyPlace)
    if (caller === null) return { status, mode, version }
    return { status, mode, version, ...(caller.places === null && features()), ...details }
  }

  return {
    // Asynchronous for `/health` only: other requests would each wait for a promise.
    onRequest({ request, serverContext, fetchAPI: { Response }, endResponse }) {
      const path = toPath(request)
      if (path === '/ready') {
        const status = readiness.phase === 'ready' ? 200 : 503
        endResponse(Response.json({ status: readiness.phase }, { status }))
      }
      if (path !== '/health') return undefined
      return toCaller(request, serverContext).then((caller) =>
        // The object of headers gets the length of the body.
        endResponse(Response.json(toBody(caller), { headers: { ...healthHeaders } })),
      )
    },
  }
}
