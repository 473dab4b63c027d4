import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import type { Mistakes } from './mistakes.ts'
import type { Environment } from './substitution.ts'
import { expected } from './wording.ts'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const portExpected = expected('a port from 0 to 65535, 0 for any free one')
const hostExpected = expected('an IP address or a host name to listen on')

const isName = (text: string) => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)

const port = z
  .string()
  .regex(/^\d{1,5}$/, portExpected)
  .transform(Number)
  .refine((number) => number <= 65_535, portExpected)
const host = z.string().refine((text) => isIP(text) !== 0 || isName(text), hostExpected)
const logLevel = z.enum(logLevels, expected(`one of ${logLevels.join(', ')}`))
const configFile = z.string().min(1, expected('the path of the configuration file'))
const sandbox = z.literal('sandbox', expected('sandbox, or no such variable'))

/** What is said of the process itself, always by the environment. */
export interface ProcessSettings {
  readonly port: number
  readonly host: string
  readonly logLevel: (typeof logLevels)[number]
  readonly sandboxForced: boolean
  readonly configFile: string | undefined
  /** Whether invented certificates may be served when nothing is configured. */
  readonly sandboxAllowed: boolean
}

/** Reads the environment's settings; a wrong one counts as unset, so that no second mistake follows from it. */
export function parseProcessSettings(env: Environment, mistakes: Mistakes): ProcessSettings {
  const read = <T>(name: string, schema: z.ZodType<T>) => mistakes.read(schema.optional(), env[name], [name])
  const { NODE_ENV } = env
  const listening = read('HOST', host) ?? '127.0.0.1'
  const sandboxForced = read('CERTGRAPH_MODE', sandbox) !== undefined
  return {
    port: read('PORT', port) ?? 4000,
    host: listening,
    logLevel: read('LOG_LEVEL', logLevel) ?? 'info',
    sandboxForced,
    sandboxAllowed: isLoopback(listening) && NODE_ENV !== 'production',
    configFile: sandboxForced ? undefined : read('CERTGRAPH_CONFIG', configFile),
  }
}
