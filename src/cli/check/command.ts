import { nearestWord } from '../../nearest-word.ts'
import { providers } from '../../providers/list.ts'
import type { Provider } from '../../providers/provider.ts'
import { type Arguments, optionValue, type RunCommand } from '../command.ts'
import { parseDuration } from '../duration.ts'
import { UsageError } from '../usage-error.ts'
import { withExecutor } from '../with-executor.ts'
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

/** Checks the certificates of the configured vendors, or of a running server. Returns an exit code of the Nagios plugin API. */
export const check: RunCommand = async (given, environment) => {
  const { clock, stdout } = environment
  const format = parseFormat(optionValue(given, 'format') ?? 'text')
  const selection = parseSelection(given)
  const state = await withExecutor(given, environment, ({ execute }) => readCertificates(execute, selection))
  const now = clock.now()
  const verdict = judge(state, { now, thresholds: selection, brandOf })
  stdout.write(format(verdict, now))
  return verdict.exitCode
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
    owners: given.values.get('owner') ?? [],
    places: given.values.get('place') ?? [],
    uncovered: given.flags.has('uncovered'),
    active: given.flags.has('active'),
    warning,
    critical,
  }
}

/** The name of a vendor. A newer server may have other vendors. */
function brandOf(provider: string): string {
  const vendors: readonly Pick<Provider<never>, 'provider' | 'brand'>[] = Object.values(providers)
  return vendors.find((vendor) => vendor.provider === provider)?.brand ?? provider
}
