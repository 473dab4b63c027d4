import { once } from 'node:events'
import process from 'node:process'
import { ApolloGateway, IntrospectAndCompose } from '@apollo/gateway'
import { getOperationAST, parse } from 'graphql'
import type { GatewayOptions } from './gateway.ts'

const neverKept = { replace() {}, restrict() {}, policyIfCacheable: () => null }
const silent = { debug() {}, info() {}, warn() {}, error() {} }

// Runs Apollo's gateway without a server: messages carry the supergraph, then queries.
const [options] = (await once(process, 'message')) as [GatewayOptions]
const supergraphSdl =
  'supergraph' in options ? options.supergraph : new IntrospectAndCompose({ subgraphs: [...options.subgraphs] })
const gateway = new ApolloGateway({ supergraphSdl, logger: silent })
const { schema, executor } = await gateway.load()
process.on('message', async (query: string) => {
  const document = parse(query)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const answer = await executor({
    document,
    operation,
    schema,
    schemaHash: 'supergraph' as Parameters<typeof executor>[0]['schemaHash'],
    request: { query },
    operationName: null,
    queryHash: query,
    source: query,
    context: {},
    cache: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    logger: silent,
    metrics: {},
    overallCachePolicy: neverKept,
  })
  process.send?.(answer)
})
process.send?.('ready')
