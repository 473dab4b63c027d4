import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import type { Mistakes } from './mistakes.ts'
import type { Environment } from './variables.ts'
import { expected } from './wording.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** How a line of the log is written: as JSON for programs, or as text for people. */
export const logFormats = ['json', 'pretty'] as const

/** The settings of the process when the environment sets no others. */
export const processDefaults = { host: '127.0.0.1', port: 4000, logLevel: 'info', logFormat: 'json' } as const

const fromEnvironment = (variable: string) =>
  `${variable} is an environment variable; expected it in the environment and not in the file`

/** Settings that a file does not have, by their keys in lower case. */
export const processHints = {
  port: fromEnvironment('PORT'),
  host: fromEnvironment('HOST'),
  loglevel: fromEnvironment('LOG_LEVEL'),
  log_level: fromEnvironment('LOG_LEVEL'),
  logformat: fromEnvironment('LOG_FORMAT'),
  log_format: fromEnvironment('LOG_FORMAT'),
  mode: fromEnvironment('CERTGRAPH_MODE'),
} as const

const portExpected = expected('a port from 0 to 65535, 0 for any free port')
const hostExpected = expected('an IP address or a host name to listen on')

/** Four numbers are an IPv4 address or a mistake. Fewer ones, such as 127.1, are an address in a short form. */
const isName = (text: string) => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text) && !/^\d+(\.\d+){3}$/.test(text)

const port = z
  .string()
  .regex(/^\d{1,5}$/, portExpected)
  .transform(Number)
  .refine((number) => number <= 65_535, portExpected)
/** An address to listen on. */
export const hostSetting = z.string(hostExpected).refine((text) => isIP(text) !== 0 || isName(text), hostExpected)
const logLevel = z.enum(logLevels, expected(`one of ${logLevels.join(', ')}`))
const logFormat = z.enum(logFormats, expected(`one of ${logFormats.join(', ')}`))
const configFile = z.string().min(1, expected('the path of the configuration file'))
const sandbox = z.literal('sandbox', expected('sandbox, or no such variable'))

/** The settings that come from the environment only. */
export interface ProcessSettings {
  readonly port: number
  readonly host: string
  readonly logLevel: (typeof logLevels)[number]
  readonly logFormat: (typeof logFormats)[number]
  readonly sandboxForced: boolean
  readonly configFile: string | undefined
  /** Faults of the emulated vendors. */
  readonly sandboxFaults: string | undefined
  /** Whether the sandbox may start when nothing is configured. */
  readonly sandboxAllowed: boolean
}

/** Parses the variables of the process. An invalid one gets its default, so that it causes no second mistake. */
export function parseProcessSettings(env: Environment, mistakes: Mistakes): ProcessSettings {
  const read = <T>(name: string, schema: z.ZodType<T>) => mistakes.read(schema.optional(), env[name], name)
  const { NODE_ENV, CERTGRAPH_SANDBOX_FAULTS } = env
  const listening = read('HOST', hostSetting) ?? processDefaults.host
  const sandboxForced = read('CERTGRAPH_MODE', sandbox) !== undefined
  return {
    port: read('PORT', port) ?? processDefaults.port,
    host: listening,
    logLevel: read('LOG_LEVEL', logLevel) ?? processDefaults.logLevel,
    logFormat: read('LOG_FORMAT', logFormat) ?? processDefaults.logFormat,
    sandboxForced,
    sandboxFaults: CERTGRAPH_SANDBOX_FAULTS,
    sandboxAllowed: isLoopback(listening) && NODE_ENV !== 'production',
    configFile: sandboxForced ? undefined : read('CERTGRAPH_CONFIG', configFile),
  }
}
