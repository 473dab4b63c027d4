import type { Logger } from 'pino'
import { createAuthenticate } from './access/authenticate.ts'
import { longestKeySet } from './access/jwks.ts'
import { accessText } from './config/access.ts'
import { ConfigError } from './config/mistakes.ts'
import type { Config } from './config.ts'
import type { ProviderConfigs } from './providers/list.ts'
import { startPrefetch } from './providers/prefetch.ts'
import { createSeeks } from './providers/sight.ts'
import { createCostOf } from './schema/cost.ts'
import { toGraphQLError } from './schema/error.ts'
import { createSchema } from './schema/schema.ts'
import { createServer, type Server } from './server/server.ts'
import { mistakesInDocuments } from './server/trusted-documents.ts'
import type { Clock } from './upstream/clock.ts'
import { createRedactor } from './upstream/redact.ts'
import { createRedisReplica } from './upstream/redis/replicas.ts'
import { createSoleReplica } from './upstream/replicas.ts'
import { createTransport } from './upstream/transport.ts'
import { createVendors } from './vendors.ts'

export interface Surroundings {
  readonly clock: Clock
  readonly log: Logger
  readonly version: string
}

export interface App {
  readonly server: Server
  close(): Promise<void>
}

/**
 * Puts the program together: one transport, the vendors on it, the graph over them, the server before it.
 * @throws ConfigError when a listed document is none of this graph
 */
export function createApp(config: Config<ProviderConfigs>, { clock, log, version }: Surroundings): App {
  const { mode, server: listening, expiry, deadline, limits, documents, providers, secrets } = config
  const transport = createTransport(limits.vendorBody)
  const issuers = createTransport(longestKeySet)
  const redact = createRedactor(secrets)
  const replicas = config.redis ? createRedisReplica(config.redis, { clock, log }) : createSoleReplica(clock)
  const vendors = createVendors(providers, {
    clock,
    transport,
    log,
    redact,
    writes: config.writes,
    replicas,
  })
  const seeks = createSeeks(vendors.flatMap(({ configured }) => configured))
  const schema = createSchema(vendors, expiry, limits)
  const mistakes = mistakesInDocuments(documents.list, schema, limits)
  if (mistakes.length > 0) throw new ConfigError(mistakes)

  const prefetch = startPrefetch(
    vendors.flatMap(({ rotations }) => rotations),
    clock,
  )
  const server = createServer({
    schema,
    createContext: (request) => ({ ...request, now: clock.now(), seeksPlaces: seeks(request.caller) }),
    authenticate: createAuthenticate(listening.access, { clock, transport: issuers, log }),
    toGraphQLError,
    redact,
    mode,
    version,
    hosts: [...listening.hosts, listening.host],
    origins: listening.cors.origins,
    introspection: listening.introspection,
    // What is typed into it is listed nowhere.
    graphiql: listening.graphiql && documents.mode !== 'require',
    limits,
    documents,
    costOf: createCostOf(schema),
    features: () => ({
      access: accessText(listening.access),
      writes: config.writes ? 'enabled' : 'disabled',
      ...(replicas.state && { redis: replicas.state }),
    }),
    deadline,
    clock,
    log,
  })
  return {
    server,
    async close() {
      await server.dispose()
      prefetch.close()
      await Promise.all([transport.close(), issuers.close()])
      replicas.close()
    },
  }
}
