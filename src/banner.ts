import { accessText } from './config/access.ts'
import { isLoopback } from './config/loopback.ts'
import type { Config } from './config.ts'

/** What a person reads at the start: where it is, and how far what it shows can be trusted. */
export function banner(
  { mode, server }: Pick<Config<object>, 'mode' | 'server'>,
  version: string,
  url: string,
): string {
  const lines = [`certgraph ${version} answers at ${url}/graphql`]
  if (mode === 'sandbox') {
    lines.push('SANDBOX: the vendors are emulated on this machine, and every certificate is invented.')
    lines.push('To read your own, write certgraph.config.yaml; certgraph.config.example.yaml shows how.')
  }
  const access = accessText(server.access)
  if (server.access !== 'public') lines.push(`ACCESS ${access}: who asks shows a key or a token.`)
  else if (!isLoopback(server.host)) lines.push(`ACCESS ${access}: whoever reaches this address may read.`)
  return lines.join('\n')
}
