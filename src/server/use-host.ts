import { toPath } from './path.ts'
import type { RefusedHosts } from './refused-hosts.ts'
import type { Plugin } from './request-state.ts'
import { probePaths } from './use-probes.ts'

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']
const hostPattern = /^(\[[^\]]+\]|[^:]+)(:\d*)?$/

/** Creates the function that says whether a Host header is an accepted name. */
export function createHostCheck(hosts: readonly string[]): (host: string) => boolean {
  const accepted = new Set([...loopbackHosts, ...hosts.map(toHostName)])
  return (host) => {
    const name = nameIn(host)
    return name !== undefined && accepted.has(name)
  }
}

/** The name in a Host header, without the port, or what is there in place of a name. */
export function hostNameOf(host: string): string {
  return nameIn(host) ?? host
}

/** The name in a Host header, without the port; undefined when it is none. */
function nameIn(host: string): string | undefined {
  return hostPattern.exec(host.toLowerCase())?.[1]
}

/**
 * Rejects requests whose Host header is not an accepted name. A web page can point its own host name at this address (DNS
 * rebinding) and is then of the same origin: neither CORS nor a CSRF header stops it, but the Host header has its name.
 */
export function useHost(isAccepted: (host: string) => boolean, refused: RefusedHosts): Plugin {
  return {
    onRequest({ request, serverContext, fetchAPI, endResponse }) {
      const isFromSocket = 'req' in serverContext
      const host = request.headers.get('host') ?? (isFromSocket ? '' : new URL(request.url).host)
      if (isAccepted(host) || probePaths.has(toPath(request))) return

      refused.report(hostNameOf(host), { requestId: serverContext.requestId })
      const message = `The Host "${host}" is not accepted. If this is the right server, add the name to ${refused.setting} in its configuration.\n`
      endResponse(
        new fetchAPI.Response(message, { status: 421, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
      )
    },
  }
}

/** Spells a host as a Host header does: lower case, IPv6 addresses in brackets. */
function toHostName(host: string): string {
  const name = host.toLowerCase()
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
}
