import { stringify } from 'yaml'
import { loadConfig } from '../../config.ts'
import { providers } from '../../providers/list.ts'
import type { RunCommand } from '../command.ts'
import { withOptions } from '../config-options.ts'
import { toEffectiveConfig } from './effective-config.ts'

/** Prints the configuration in effect as YAML, without secrets. @throws ConfigError */
export const printConfig: RunCommand = async (given, { env, cwd, stdout }) => {
  const config = loadConfig(providers, { env: withOptions(env, given), cwd })
  stdout.write(stringify(toEffectiveConfig(config), { lineWidth: 0 }))
  return 0
}
