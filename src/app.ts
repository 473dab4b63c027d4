import type { Logger } from 'pino'
import { createAuthenticate } from './access/authenticate.ts'
import { longestKeySet } from './access/jwks.ts'
import { mistakesInPlaces } from './access/listed-places.ts'
import { accessText } from './config/access.ts'
import { ConfigError } from './config/mistakes.ts'
import type { Config } from './config.ts'
import type { ProviderConfigs } from './providers/list.ts'
import { createPlaceIndex } from './providers/place-index.ts'
import { startPrefetch } from './providers/prefetch.ts'
import { createCostOf } from './schema/cost/cost.ts'
import { toGraphQLError } from './schema/error.ts'
import { createSchema } from './schema/schema.ts'
import { createServer, type Server } from './server/server.ts'
import { mistakesInDocuments } from './server/trusted-documents.ts'
import type { Clock } from './upstream/clock.ts'
import { PendingWork } from './upstream/concurrency.ts'
import { createRedactor } from './upstream/redact.ts'
import { createRedisReplica } from './upstream/redis/replica.ts'
import { createSoleReplica } from './upstream/replicas.ts'
import { createTransport } from './upstream/transport.ts'
import { createVendors } from './vendors.ts'

export interface Environment {
  readonly clock: Clock
  readonly log: Logger
  readonly version: string
}

export interface App {
  readonly server: Server
  close(): Promise<void>
}

/** For changes that were sent and whose callers have left. */
const longestWait = 10_000

/**
 * Puts the program together: one transport, the vendors on it, the graph over them, the server before it.
 * @throws ConfigError when a listed document is none of this graph, or a listed place is not one alone
 */
export function createApp(config: Config<ProviderConfigs>, { clock, log, version }: Environment): App {
  const { mode, server: listening, expiry, deadline, limits, documents, providers, secrets } = config
  const transport = createTransport(limits.vendorBody)
  const issuers = createTransport(longestKeySet)
  const redact = createRedactor(secrets)
  const pendingWork = new PendingWork()
  const replicas = config.redis ? createRedisReplica(config.redis, { clock, log }) : createSoleReplica(clock)
  const vendors = createVendors(providers, {
    clock,
    transport,
    log,
    redact,
    writes: config.writes,
    pendingWork,
    replicas,
  })
  const configured = vendors.flatMap((vendor) => vendor.configured)
  const placeIndex = createPlaceIndex(configured, (operation) =>
    Promise.all(vendors.map((vendor) => vendor.places(operation))),
  )
  const schema = createSchema(vendors, expiry, limits)
  const costOf = createCostOf(schema)
  const mistakes = [
    ...mistakesInPlaces(listening.access, configured),
    ...mistakesInDocuments(documents.list, schema, limits, costOf),
  ]
  if (mistakes.length > 0) throw new ConfigError(mistakes)

  const prefetch = startPrefetch(
    vendors.flatMap(({ prefetchQueues }) => prefetchQueues),
    { clock, placeIndex },
  )
  const server = createServer({
    schema,
    createContext: (request) => ({ ...request, now: clock.now(), placeIndex }),
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
    costOf,
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
      await pendingWork.settle(clock, longestWait)
      await Promise.all([transport.close(), issuers.close()])
      replicas.close()
    },
  }
}
