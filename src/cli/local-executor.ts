import { createApp } from '../app.ts'
import { ConfigError } from '../config/mistakes.ts'
import { loadConfig, parseConfig } from '../config.ts'
import { defaultLimits } from '../limits.ts'
import { createLog } from '../log.ts'
import { providers } from '../providers/list.ts'
import { startSandbox } from '../sandbox.ts'
import { untilAborted } from '../upstream/call/timeout.ts'
import type { tryRedis } from '../upstream/redis/connection.ts'
import type { AnyConfig } from '../vendors.ts'
import { version } from '../version.ts'
import type { Arguments, CommandEnvironment } from './command.ts'
import { withOptions } from './config-options.ts'
import { decodeParts, ExecutionError, type Executor, parseAnswer } from './execute.ts'
import { startTimeLimit } from './time-limit.ts'

const origin = 'http://127.0.0.1'
const endpoint = `${origin}/graphql`
/** Milliseconds after the deadline of an operation in which it answers with what it has read. */
const grace = 1_000
const nothingConfigured =
  'nothing is configured; expected a configuration file or the variables of a vendor, or CERTGRAPH_MODE=sandbox for invented certificates'

/** The vendors of the configuration, in this process. */
export interface LocalExecutor extends Executor {
  /** Whether the rate limits are shared with other processes. */
  readonly isShared: boolean
}

/**
 * Executes operations in this process, without a listener. The sandbox has to be named: a lost configuration must not turn
 * into good news about invented certificates.
 * @throws ConfigError
 */
export async function createLocalExecutor(
  given: Arguments,
  { env, cwd, clock, stderr }: CommandEnvironment,
  timeout: number,
): Promise<LocalExecutor> {
  // No port is opened, so the address does not count.
  const environment = { env: { ...withOptions(env, given), HOST: undefined, PORT: undefined }, cwd }
  const loaded = loadConfig(providers, environment)
  if (loaded.mode === 'sandbox' && env['CERTGRAPH_MODE'] !== 'sandbox') throw new ConfigError([nothingConfigured])
  const sandbox =
    loaded.mode === 'sandbox' ? await startSandbox({ now: clock.now, faults: loaded.sandboxFaults }) : null
  const config = sandbox ? parseConfig(providers, sandbox.file, { ...environment, mode: 'sandbox' }) : loaded
  // The result has the failures of vendors. The log is for people who look for their cause.
  const { logLevel, logFormat: format } = config.server
  const level = logLevel === 'debug' || logLevel === 'trace' ? logLevel : 'silent'
  const log = createLog({ level, format, secrets: config.secrets }, stderr)
  const redisFailure = await findRedisFailure(config, { clock, log })
  const app = await createApp(forOneCommand(config, timeout), { clock, log, version })
  const whole = startTimeLimit(clock, timeout)
  const late = startTimeLimit(clock, timeout, grace)

  return {
    isSandbox: config.mode === 'sandbox',
    isShared: config.redis !== null,
    async execute(query, variables, headers = {}) {
      whole.signal.throwIfAborted()
      if (redisFailure !== null) throw new ExecutionError(redisFailure)
      const request = new Request(endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      const answering = Promise.resolve(app.server.fetch(request)).then(async (response) => ({
        response,
        text: await response.text(),
      }))
      const { response, text } = await untilAborted(answering, late.signal)
      const answer = parseAnswer(text)
      if (!answer) throw new ExecutionError(`answer with status ${response.status} and no GraphQL`)
      return answer
    },
    async download(path, query) {
      whole.signal.throwIfAborted()
      if (redisFailure !== null) throw new ExecutionError(redisFailure)
      const request = new Request(`${origin}${path}?${query}`)
      const { status, headers, body } = await untilAborted(Promise.resolve(app.server.fetch(request)), late.signal)
      return { status, headers, parts: decodeParts(body, () => new ExecutionError('the export ended early')) }
    },
    async close() {
      whole.end()
      late.end()
      await app.close()
      await sandbox?.close()
    },
  }
}

/**
 * Why the rate limits are not known; null when they are. Without Redis, a replica counts its share of each limit as used up at
 * first: every call would have to wait.
 */
async function findRedisFailure({ redis }: AnyConfig, environment: Parameters<typeof tryRedis>[1]) {
  if (!redis) return null
  const { tryRedis } = await import('../upstream/redis/connection.ts')
  const reason = await tryRedis(redis.url, environment)
  if (reason === null) return null
  return `Redis is not available (${reason}), so the calls that other replicas have made are not known; expected a Redis at redis.url, or --url with a running server`
}

/** The configuration for a process with one caller, which ends when the command has. */
function forOneCommand(config: AnyConfig, deadline: number): AnyConfig {
  const provided = Object.entries(config.providers).map(([key, part]) => [
    key,
    // Calls that the command does not need would use up the rate limits.
    part && { ...part, upstream: { ...part.upstream, prefetch: false } },
  ])
  const { reading, vendorBody } = config.limits
  return {
    ...config,
    server: { ...config.server, access: 'public', answers: { ...config.server.answers, storeFor: 0 } },
    deadline,
    writes: false,
    // The running server sends the notifications.
    notify: [],
    documents: { mode: 'off', list: new Map() },
    limits: { ...defaultLimits, reading, vendorBody, cost: Number.MAX_SAFE_INTEGER },
    providers: Object.fromEntries(provided),
  }
}
