import { createApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { createLog } from '../../log.ts'
import { findPlaceMistakes } from '../../place-mistakes.ts'
import { providers } from '../../providers/list.ts'
import type { ProviderList } from '../../providers/provider.ts'
import { PendingWork } from '../../upstream/concurrency.ts'
import { keptNowhere } from '../../upstream/kept-objects.ts'
import { createRedactor } from '../../upstream/redact.ts'
import { createSoleReplica } from '../../upstream/replicas.ts'
import { createTransport } from '../../upstream/transport.ts'
import type { AnyConfig } from '../../vendors.ts'
import { version } from '../../version.ts'
import type { CommandEnvironment, RunCommand } from '../command.ts'
import { withOptions } from '../config-options.ts'
import { type Connection, connectAccounts } from './connect.ts'

/**
 * Finds the mistakes that would prevent the start, and with `--connect` the accounts and the Redis that do not answer.
 * @throws ConfigError
 */
export const checkConfig: RunCommand = async (given, environment) => {
  const { env, cwd, clock, stdout, stderr } = environment
  const config: AnyConfig = loadConfig(providers, { env: withOptions(env, given), cwd }, findPlaceMistakes)
  if (config.mode === 'sandbox') {
    stdout.write('nothing is configured: certgraph would start the sandbox\n')
    return 0
  }
  // The ids of places and trusted documents are checked when the program is assembled. Nothing is called or listened to.
  const log = createLog({ level: 'silent', secrets: config.secrets }, stderr)
  const app = await createApp({ ...withoutPrefetch(config), redis: null, notify: [] }, { clock, log, version })
  await app.close()
  const vendors = Object.keys(config.providers).length
  stdout.write(`the configuration is valid: ${vendors} ${vendors === 1 ? 'vendor' : 'vendors'}\n`)
  return given.flags.has('connect') ? connectAll(config, environment) : 0
}

function withoutPrefetch(config: AnyConfig): AnyConfig {
  const entries = Object.entries(config.providers).map(([key, part]) => [
    key,
    part && { ...part, upstream: { ...part.upstream, prefetch: false } },
  ])
  return { ...config, providers: Object.fromEntries(entries) }
}

/** Prints what each vendor and Redis answer. Returns 1 when one of them cannot be read. */
async function connectAll(config: AnyConfig, { clock, stdout, stderr }: CommandEnvironment): Promise<number> {
  const transport = createTransport(config.limits.vendorBody)
  const list: ProviderList = providers
  let failures = await connectRedis(config, { clock, stdout, stderr })
  // The vendors in parallel, the accounts of a vendor one after another: they may share a rate limit.
  await Promise.all(
    Object.entries(config.providers).map(async ([key, part]) => {
      const provider = list[key]
      if (!provider || !part) return
      const connections = connectAccounts(
        (recorder) =>
          provider.create(part.config, {
            clock,
            transport: recorder,
            settings: part.upstream,
            readingLimits: config.limits.reading,
            log: createLog({ level: 'silent', secrets: config.secrets }, stderr),
            redact: createRedactor(config.secrets),
            writes: false,
            kept: keptNowhere,
            pendingWork: new PendingWork(),
            replicas: createSoleReplica(clock),
          }),
        { transport, clock, deadline: config.deadline },
      )
      for await (const connection of connections) {
        if (connection.failure) failures += 1
        stdout.write(`${toConnectionLine(provider.brand, connection)}\n`)
      }
    }),
  )
  await transport.close()
  return failures === 0 ? 0 : 1
}

/** Prints whether Redis is available. Returns the number of failures. */
async function connectRedis(
  { redis, secrets }: AnyConfig,
  { clock, stdout, stderr }: Pick<CommandEnvironment, 'clock' | 'stdout' | 'stderr'>,
): Promise<0 | 1> {
  if (!redis) return 0
  const { tryRedis } = await import('../../upstream/redis/connection.ts')
  const startedAt = clock.elapsed()
  const reason = await tryRedis(redis.url, { clock, log: createLog({ level: 'silent', secrets }, stderr) })
  const took = `${Math.round(clock.elapsed() - startedAt)} ms`
  stdout.write(reason === null ? `OK      Redis: ${took}\n` : `FAILED  Redis: ${reason}, ${took}\n`)
  return reason === null ? 0 : 1
}

function toConnectionLine(brand: string, { place, status, latency, failure }: Connection): string {
  const answer = `${status ?? 'no answer'}, ${Math.round(latency)} ms`
  const name = `${brand} ${place.vendorId}`
  return failure ? `FAILED  ${name}: ${answer}, ${failure.code}: ${failure.message}` : `OK      ${name}: ${answer}`
}
