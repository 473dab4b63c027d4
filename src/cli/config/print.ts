import { stringify } from 'yaml'
import { loadConfig } from '../../config.ts'
import { providers } from '../../providers/list.ts'
import type { AnyConfig } from '../../vendors.ts'
import type { RunCommand } from '../command.ts'
import { withOptions } from '../config-options.ts'
import { toEffectiveConfig } from './effective-config.ts'

/** Prints the configuration in effect as YAML, without secrets. @throws ConfigError */
export const printConfig: RunCommand = async (given, { env, cwd, stdout }) => {
  const config = loadConfig(providers, { env: withOptions(env, given), cwd })
  const settings = stringify(toEffectiveConfig(config, providers), { lineWidth: 0 })
  stdout.write(`${toHeader(config)}\n${settings}`)
  return 0
}

/** What the file does not set, as comments. */
function toHeader({ mode, server: { host, port, logLevel, logFormat } }: AnyConfig): string {
  const variables = { HOST: host, PORT: port, LOG_LEVEL: logLevel, LOG_FORMAT: logFormat }
  const lines = Object.entries(variables).map(([name, value]) => `# ${name}=${value}`)
  return [`# mode: ${mode}`, '# Environment variables:', ...lines, ''].join('\n')
}
