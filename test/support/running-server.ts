import { type GraphQLFieldConfigMap, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { anonymousCaller } from '../../src/access/caller.ts'
import type { AnswerBasis } from '../../src/answer-basis.ts'
import { defaultLimits } from '../../src/limits.ts'
import { type Listening, listen } from '../../src/server/listen.ts'
import { createServer, type Server, type ServerOptions } from '../../src/server/server.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createTestLog } from './test-log.ts'

export interface TestContext {
  readonly requestId: string
  readonly signal: AbortSignal
  readonly basis?: AnswerBasis | undefined
}

export type TestFields = GraphQLFieldConfigMap<unknown, TestContext>

export interface RunningServer extends Listening {
  readonly server: Server
  readonly clock: ManualClock
  /** The log so far, parsed. */
  readonly log: readonly Record<string, unknown>[]
}

/** Starts a server over loopback HTTP with the given fields and `hello`, on a clock that only the test moves. */
export async function startServer(
  fields: TestFields = {},
  options: Partial<ServerOptions<TestContext>> = {},
  clock: ManualClock = createManualClock(),
): Promise<RunningServer> {
  const { log, lines } = createTestLog()
  const server = createServer<TestContext>({
    schema: createSchema(fields),
    createContext: ({ requestId, signal, basis }) => ({ requestId, signal, basis }),
    authenticate: async (credentials) => anonymousCaller(credentials),
    redact: (text) => text,
    toGraphQLError: () => undefined,
    mode: 'live',
    version: '1.2.3',
    hosts: [],
    origins: [],
    introspection: true,
    limits: defaultLimits,
    documents: { mode: 'off', list: new Map() },
    costOf: () => undefined,
    storeFor: 0,
    graphiql: false,
    queries: [],
    deadline: 25_000,
    clock,
    log,
    ...options,
  })
  const listening = await listen(server, { host: '127.0.0.1', port: 0, clock })
  return { ...listening, server, clock, log: lines }
}

function createSchema(fields: TestFields): GraphQLSchema {
  const hello = { type: GraphQLString, resolve: () => 'world' }
  const change = { type: GraphQLString, resolve: () => 'changed' }
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { hello, ...fields } }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields: { change } }),
  })
}
