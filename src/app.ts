import type { Logger } from 'pino'
import { isLoopback } from './config/loopback.ts'
import type { Config } from './config.ts'
import type { ProviderConfigs } from './providers/list.ts'
import { startPrefetch } from './providers/prefetch.ts'
import { toGraphQLError } from './schema/error.ts'
import { createSchema } from './schema/schema.ts'
import { createServer, type Server } from './server/server.ts'
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

/** Puts the program together: one transport, the vendors on it, the graph over them, the server before it. */
export function createApp(config: Config<ProviderConfigs>, { clock, log, version }: Surroundings): App {
  const { mode, server: listening, expiry, deadline, providers, secrets } = config
  const transport = createTransport()
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
  const prefetch = startPrefetch(
    vendors.flatMap(({ rotations }) => rotations),
    clock,
  )
  const server = createServer({
    schema: createSchema(vendors, expiry),
    createContext: (request) => ({ ...request, now: clock.now() }),
    toGraphQLError,
    redact,
    mode,
    version,
    hosts: [...listening.hosts, listening.host],
    graphiql: isLoopback(listening.host),
    features: () => ({
      access: listening.access ?? 'loopback',
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
      await transport.close()
      replicas.close()
    },
  }
}
