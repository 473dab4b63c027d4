import { toPath } from './path.ts'
import type { Plugin } from './request-state.ts'
import { PROBES } from './use-probes.ts'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const HOST = /^(\[[^\]]+\]|[^:]+)(:\d*)?$/

/**
 * Answers only to its own names. A web page can point a name of its own at this address (DNS rebinding) and would
 * then be of the same origin: neither CORS nor a CSRF header stops it, but its name stays in the Host header.
 */
export function useHost(hosts: readonly string[]): Plugin {
  const accepted = new Set([...LOOPBACK, ...hosts.map(toHostName)])

  return {
    onRequest({ request, serverContext, fetchAPI, endResponse }) {
      const fromWire = 'req' in serverContext
      const host = request.headers.get('host') ?? (fromWire ? '' : new URL(request.url).host)
      const name = HOST.exec(host.toLowerCase())?.[1]
      if ((name !== undefined && accepted.has(name)) || PROBES.has(toPath(request))) return

      const message = `The Host "${host}" is not accepted here. If this is the right server, list the name in server.hosts of its configuration.\n`
      endResponse(
        new fetchAPI.Response(message, { status: 421, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
      )
    },
  }
}

/** As it stands in a Host header: lower case, IPv6 addresses in brackets. */
function toHostName(host: string): string {
  const name = host.toLowerCase()
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
}
