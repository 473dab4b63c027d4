import { once } from 'node:events'
import process from 'node:process'
import http from '@graphql-mesh/transport-http'
import type { GatewayOptions } from './gateway.ts'

/** The options of Hive's gateway in the tests. */
export type HiveOptions = ReturnType<typeof optionsOf>

interface HiveGateway {
  fetch(
    url: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ): Response | Promise<Response>
}

/** Runs Hive's gateway without a server: messages carry the supergraph, then queries. */
export async function serveHive(createGateway: (options: HiveOptions) => HiveGateway): Promise<void> {
  const [options] = (await once(process, 'message')) as [GatewayOptions]
  if (!('supergraph' in options)) throw new Error('the gateway of Hive does not compose; expected a supergraph')
  const gateway = createGateway(optionsOf(options.supergraph))
  process.on('message', async (query) => {
    const response = await gateway.fetch('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    process.send?.(await response.json())
  })
  process.send?.('ready')
}

function optionsOf(supergraph: string) {
  return { supergraph, transports: { http }, logging: false, maskedErrors: false } as const
}
