import { accessText } from './config/access.ts'
import { isLoopback } from './config/loopback.ts'
import type { Config } from './config.ts'

/** Returns the text for standard output at start: the URL, the mode and who has access. */
export function banner(
  { mode, server }: Pick<Config<object>, 'mode' | 'server'>,
  version: string,
  url: string,
): string {
  const lines = [`certgraph ${version} listens at ${url}/graphql`]
  if (mode === 'sandbox') {
    lines.push('SANDBOX: the vendors are emulated on this machine, and all certificates are invented.')
    lines.push('To use your own accounts, write certgraph.config.yaml (example: certgraph.config.example.yaml).')
  }
  const access = accessText(server.access)
  if (server.access !== 'public') lines.push(`ACCESS ${access}: callers need an API key or a token.`)
  else if (!isLoopback(server.host)) lines.push(`ACCESS ${access}: every client that reaches this address has access.`)
  return lines.join('\n')
}
