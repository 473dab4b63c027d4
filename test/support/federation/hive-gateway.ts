import { once } from 'node:events'
import process from 'node:process'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import http from '@graphql-mesh/transport-http'
import type { GatewayOrder } from './gateway.ts'

// Hive's gateway over the supergraph it is told, asked by messages.
const [{ supergraph }] = (await once(process, 'message')) as [GatewayOrder]
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
