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
    if (String(query).startsWith('subscription')) {
      process.send?.(await firstEvent(gateway, String(query)))
      return
    }
    const response = await gateway.fetch('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    process.send?.(await response.json())
  })
  process.send?.('ready')
}

/** The first event of a subscription. The gateway passes the header on that is against forged requests: it subscribes by GET. */
async function firstEvent(gateway: HiveGateway, query: string): Promise<unknown> {
  const response = await gateway.fetch('http://gateway.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'graphql-require-preflight': '1' },
    body: JSON.stringify({ query }),
  })
  let text = ''
  for await (const part of response.body ?? []) {
    text += new TextDecoder().decode(part)
    const [, data] = /^event: next\ndata: (.*)\n\n/m.exec(text) ?? []
    if (data !== undefined) return JSON.parse(data)
  }
  throw new Error(`no event: ${text}`)
}

function optionsOf(supergraph: string) {
  return {
    supergraph,
    transports: { http },
    logging: false,
    maskedErrors: false,
    propagateHeaders: {
      fromClientToSubgraphs({ request }: { readonly request: Request }): Record<string, string> {
        const preflight = request.headers.get('graphql-require-preflight')
        return preflight === null ? {} : { 'graphql-require-preflight': preflight }
      },
    },
  } as const
}
