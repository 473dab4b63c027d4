import { accessText } from './config/access.ts'
import type { Config } from './config/configuration.ts'
import { isLoopback } from './config/loopback.ts'

interface Started {
  readonly version: string
  readonly url: string
  /** Where metrics have a listener of their own. */
  readonly metricsUrl?: string | undefined
  /** The configured places. */
  readonly places: readonly { readonly provider: string; readonly vendorId: string }[]
}

/** The places that are named; the others are counted. */
const maxNamed = 3

/** Returns the text for standard output at start: the URLs, the mode, what is configured, and who has access. */
export function banner(
  { mode, server, source }: Pick<Config<object>, 'mode' | 'server' | 'source'>,
  { version, url, places, metricsUrl }: Started,
): string {
  const lines = [`certgraph ${version} listens at ${url}/graphql`, `PAGE at ${url}/`]
  if (mode === 'sandbox') {
    lines.push('SANDBOX: the vendors are emulated on this machine, and all certificates are invented.')
    lines.push(
      source.isSandboxForced
        ? 'To use your own accounts, start without CERTGRAPH_MODE=sandbox.'
        : 'To use your own accounts, write certgraph.config.yaml (example: certgraph.config.example.yaml).',
    )
  } else lines.push(`CONFIGURATION: ${source.file ?? 'environment variables'}`)
  if (source.ignoredVariables.length > 0) lines.push(`NOT USED: ${source.ignoredVariables.join(', ')}`)
  lines.push(`PLACES: ${placesText(places)}`)
  lines.push(`HOSTS: ${hostsText(server)}`)
  const access = accessText(server.access)
  if (server.access !== 'public') lines.push(`ACCESS ${access}: callers need an API key or a token.`)
  else if (!isLoopback(server.host)) lines.push(`ACCESS ${access}: every client that reaches this address has access.`)
  if (metricsUrl !== undefined) lines.push(`METRICS at ${metricsUrl}, without a key.`)
  return lines.join('\n')
}

function placesText(places: Started['places']): string {
  const named = places.slice(0, maxNamed).map(({ provider, vendorId }) => `${provider} ${vendorId}`)
  const others = places.length - named.length
  return `${places.length} configured, ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`
}

/** The Host names that requests may have. */
function hostsText({ host, hosts }: Config<object>['server']): string {
  return [...new Set(['localhost', '127.0.0.1', '[::1]', ...hosts, host])].join(', ')
}
