import { type Arguments, type CommandEnvironment, optionValue } from './command.ts'
import { parseDuration } from './duration.ts'
import type { Executor } from './execute.ts'
import { createRemoteExecutor } from './remote-executor.ts'
import { UsageError } from './usage-error.ts'

const defaultTimeout = '60s'
const notShared =
  'warning: the rate limits of the vendors are not shared with a running server; check it with --url, or configure redis'

/**
 * Runs a command at the server that `--url` names, or with the configured vendors.
 * @throws UsageError, ConfigError
 */
export async function withExecutor<Result>(
  given: Arguments,
  environment: CommandEnvironment,
  run: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  const { env, stderr, clock } = environment
  const timeout = parseDuration('timeout', optionValue(given, 'timeout') ?? defaultTimeout)
  const url = optionValue(given, 'url')
  if (url !== undefined && given.values.has('config'))
    throw new UsageError('--url and --config exclude each other; expected one of them')
  const executor =
    url === undefined ? await local() : createRemoteExecutor({ url, key: env['CERTGRAPH_KEY'], timeout, clock })
  try {
    return await run(executor)
  } finally {
    if (executor.isSandbox) stderr.write('warning: sandbox: all certificates are invented\n')
    await executor.close()
  }

  async function local() {
    const { createLocalExecutor } = await import('./local-executor.ts')
    const created = await createLocalExecutor(given, environment, timeout)
    if (!created.isShared && !created.isSandbox) stderr.write(`${notShared}\n`)
    return created
  }
}
