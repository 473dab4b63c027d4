import { providers } from '../../providers/list.ts'
import type { Provider } from '../../providers/provider.ts'
import { type Arguments, optionValue, type RunCommand } from '../command.ts'
import { parseDuration } from '../duration.ts'
import { chooseFormat } from '../format.ts'
import { UsageError } from '../usage-error.ts'
import { withExecutor } from '../with-executor.ts'
import { formats } from './formats.ts'
import { readCertificates } from './read-certificates.ts'
import type { Selection } from './selection.ts'
import { judge } from './verdict.ts'

/** Checks the certificates of the configured vendors, or of a running server. Returns an exit code of the Nagios plugin API. */
export const check: RunCommand = async (given, environment) => {
  const { clock, stdout } = environment
  const format = chooseFormat(given, formats)
  const selection = parseSelection(given)
  const state = await withExecutor(given, environment, ({ execute }) => readCertificates(execute, selection))
  const now = clock.now()
  const verdict = judge(state, { now, thresholds: selection, brandOf })
  stdout.write(format(verdict, now))
  return verdict.exitCode
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
