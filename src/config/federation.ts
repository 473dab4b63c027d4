import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { mapping } from './mapping.ts'
import { withoutMistakes } from './mistakes.ts'
import { parseProcessSettings } from './process.ts'
import { ReadFiles } from './read-files.ts'
import { readConfigFile } from './source.ts'
import { substitute } from './substitution.ts'
import { type Environment, Variables } from './variables.ts'
import { expected } from './wording.ts'

/** How the schema is published to gateways. */
export interface FederationConfig {
  /** Whether the published schema has `@requiresScopes`. certgraph enforces the scopes in any case. */
  readonly requiresScopes: boolean
}

/** `federation:` in the configuration file. */
export const federationSchema = mapping({
  requiresScopes: z.boolean(expected('true or false')).default(true),
}).prefault({})

/**
 * Loads `federation:` alone, for a command that prints the schema: a build server has the file but none of its secrets.
 * The section has its defaults without a file, and in the sandbox.
 * @throws ConfigError with all mistakes
 */
export function loadFederation({ env, cwd }: { readonly env: Environment; readonly cwd: string }): FederationConfig {
  return withoutMistakes((mistakes) => {
    const files = new ReadFiles()
    const file = readConfigFile(cwd, parseProcessSettings(env, mistakes), files, mistakes)
    const section = isObject(file?.content) ? file.content['federation'] : undefined
    return mistakes.read(
      federationSchema,
      substitute(section, new Variables(env, cwd, files), mistakes, ['federation']),
      ['federation'],
    )
  })
}
