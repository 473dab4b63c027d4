import { ConfigError } from '../../src/config/mistakes.ts'
import type { Environment } from '../../src/config/variables.ts'
import { loadConfig, parseConfig } from '../../src/config.ts'
import { providers } from '../../src/providers/list.ts'

export const load = (env: Environment, cwd: string) => loadConfig(providers, { env, cwd })

export const parse = (file: unknown, env: Environment = {}, cwd = '/') =>
  parseConfig(providers, file, { env, cwd, mode: 'live' })

export const parseForSandbox = (file: unknown, env: Environment = {}) =>
  parseConfig(providers, file, { env, cwd: '/', mode: 'sandbox' })

/** The vendors' keys in the configuration file, as messages list them. */
export const vendorKeys = Object.keys(providers).join(', ')

/** The mistakes that the configuration is rejected with; empty when it is accepted. */
export function mistakesOf(read: () => unknown): readonly string[] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

/** A mistake without its position in the file. */
export const withoutPosition = (mistake: string) =>
  mistake.replace(/^[\w./-]+\.(yaml|json)(, line \d+, column \d+)?: /, '')

export const organization = { id: 'org_acme', adminKey: 'sk-admin-1' }
export const credentials = { host: 'akab-1.example', clientToken: 'ct-1', clientSecret: 'cs-1', accessToken: 'at-1' }
export const account = { id: 'le1', token: 'lp-token-1' }

/** The minimalFile file there is. */
export const minimalFile = { openai: { organizations: [organization] } }
