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
  if (server.access === 'public') lines.push('ACCESS public: whoever reaches this address may read.')
  return lines.join('\n')
}
