import { once } from 'node:events'
import process from 'node:process'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import http from '@graphql-mesh/transport-http'
import type { GatewayOptions } from './gateway.ts'

// Runs Hive's gateway without a server: messages carry the supergraph, then queries.
const [{ supergraph }] = (await once(process, 'message')) as [GatewayOptions]
const gateway = createGatewayRuntime({ supergraph, transports: { http }, logging: false, maskedErrors: false })
process.on('message', async (query) => {
  const response = await gateway.fetch('http://gateway.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  process.send?.(await response.json())
})
process.send?.('ready')
