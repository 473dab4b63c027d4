import ms from 'ms'
import { providers } from '../../providers/list.ts'
import type { Provider } from '../../providers/provider.ts'
import { type Arguments, type CommandEnvironment, optionValue, type RunCommand } from '../command.ts'
import { ExecutionError, type Executor } from '../execute.ts'
import { nearestWord } from '../nearest-word.ts'
import { createRemoteExecutor } from '../remote-executor.ts'
import { UsageError } from '../usage-error.ts'
import { toGitHub } from './github.ts'
import { toJson } from './json.ts'
import { toJUnit } from './junit.ts'
import { readCertificates } from './read-certificates.ts'
import type { Selection } from './selection.ts'
import { toText } from './text.ts'
import { judge, type Verdict } from './verdict.ts'

const formats: Readonly<Record<string, (verdict: Verdict, now: number) => string>> = {
  text: toText,
  json: toJson,
  junit: toJUnit,
  github: toGitHub,
}

const defaultTimeout = '60s'
const notShared =
  'warning: the rate limits of the vendors are not shared with a running server; check it with --url, or configure redis'

/** Checks the certificates of the configured vendors, or of a running server. Returns an exit code of the Nagios plugin API. */
export const check: RunCommand = async (given, environment) => {
  const { clock, stdout, stderr } = environment
  const format = parseFormat(optionValue(given, 'format') ?? 'text')
  const selection = parseSelection(given)
  const timeout = parseDuration('timeout', optionValue(given, 'timeout') ?? defaultTimeout)
  const state = await withExecutor(given, environment, timeout, async (executor) => {
    try {
      return await readCertificates(executor.execute, selection)
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error
      return { total: 0, suspects: [], sources: [], incompleteReasons: [], errors: [error.message] }
    } finally {
      if (executor.isSandbox) stderr.write('warning: sandbox: all certificates are invented\n')
    }
  })
  const now = clock.now()
  const verdict = judge(state, { now, thresholds: selection, brandOf })
  stdout.write(format(verdict, now))
  return verdict.exitCode
}

async function withExecutor<Result>(
  given: Arguments,
  environment: CommandEnvironment,
  timeout: number,
  run: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  const { env, stderr } = environment
  const url = optionValue(given, 'url')
  if (url !== undefined && given.values.has('config'))
    throw new UsageError('--url and --config exclude each other; expected one of them')
  const executor = url === undefined ? await local() : createRemoteExecutor({ url, key: env['CERTGRAPH_KEY'], timeout })
  try {
    return await run(executor)
  } finally {
    await executor.close()
  }

  async function local() {
    const { createLocalExecutor } = await import('../local-executor.ts')
    const created = await createLocalExecutor(given, environment, timeout)
    if (!created.isShared && !created.isSandbox) stderr.write(`${notShared}\n`)
    return created
  }
}

function parseFormat(name: string) {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined
  if (format) return format
  const nearest = nearestWord(name, Object.keys(formats))
  throw new UsageError(
    `unknown format${nearest === undefined ? '' : `, did you mean ${nearest}?`}; expected --format ${Object.keys(formats).join('|')}`,
  )
}

function parseSelection(given: Arguments): Selection {
  const duration = (name: string) => {
    const value = optionValue(given, name)
    return value === undefined ? undefined : parseDuration(name, value)
  }
  const [warning, critical] = [duration('warning'), duration('critical')]
  if (warning !== undefined && critical !== undefined && critical > warning)
    throw new UsageError('--critical is longer than --warning; expected the same duration or a shorter one')
  return {
    owners: [],
    places: given.values.get('place') ?? [],
    uncovered: given.flags.has('uncovered'),
    active: given.flags.has('active'),
    warning,
    critical,
  }
}

function parseDuration(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}[smhd]$/.test(text))
    throw new UsageError(`--${option} is no duration; expected a number with d, h, m or s, such as 30d`)
  return ms(text as ms.StringValue)
}

/** The name of a vendor. A newer server may have other vendors. */
function brandOf(provider: string): string {
  const vendors: readonly Pick<Provider<never>, 'provider' | 'brand'>[] = Object.values(providers)
  return vendors.find((vendor) => vendor.provider === provider)?.brand ?? provider
}
