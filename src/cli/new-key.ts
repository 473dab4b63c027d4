import { randomBytes } from 'node:crypto'
import { digestOf } from '../access/api-keys.ts'
import { keyName } from '../config/access.ts'
import { ConfigError } from '../config/mistakes.ts'
import type { Arguments, CommandEnvironment, RunCommand } from './command.ts'
import { withOptions } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/**
 * Creates an API key and describes it: the key itself, which is not stored, and its entry for the configuration file.
 * @throws UsageError when the name is invalid
 */
export function describeNewKey(name = 'caller'): string {
  const { secret, entry } = createSecret('cg_', 'key', name)
  return `The new API key, shown only once. Send it as "Authorization: Bearer ...":

${secret}

Add this to the configuration file:

access:
  apiKeys:
${entry}      scopes: [certificates:read]
`
}

/**
 * Creates the token of a feed and describes it: the URL with the token, which is not stored, and its entry for the
 * configuration file.
 * @param publicUrl where people reach the server; null when it is not known
 * @throws UsageError when the name is invalid
 */
export function describeNewFeed(name = 'calendar', publicUrl: string | null = null): string {
  const { secret, entry } = createSecret('cgf_', 'feed', name)
  const server = publicUrl ?? 'https://YOUR-SERVER'
  const unknown =
    publicUrl === null ? 'Replace https://YOUR-SERVER, or set server.publicUrl in the configuration. ' : ''
  return `The URL of the new feed, shown only once. Everyone who has it can read the calendar. Subscribe to it in a calendar program:

${server}/expirations.ics?token=${secret}

${unknown}Conditions can follow, such as &expiresWithin=P90D, or &owners=storefront with one of your owners in place of storefront.

Add this to the configuration file, beside apiKeys or jwt:

access:
  feeds:
${entry}      # places: [org_acme]  # the vendors' ids of the visible places; default: all places
`
}

function createSecret(prefix: string, noun: string, name: string) {
  const { error } = keyName.safeParse(name)
  if (error) throw new UsageError(`the name of the ${noun} is ${error.issues[0]?.message ?? 'not valid'}`)
  const secret = `${prefix}${randomBytes(32).toString('base64url')}`
  const sha256 = digestOf(secret).toString('hex')
  return { secret, entry: `    - name: ${JSON.stringify(name)}\n      sha256: ${JSON.stringify(sha256)}\n` }
}

/** Prints a new API key, or a new feed. @throws UsageError, ConfigError */
export const printNewKey: RunCommand = async (given, environment) => {
  const { operand, flags, values } = given
  const isFeed = flags.has('feed')
  if (!isFeed && values.has('config')) throw new UsageError('--config is for --feed; expected it with --feed')
  environment.stdout.write(
    isFeed ? describeNewFeed(operand, await readPublicUrl(given, environment)) : describeNewKey(operand),
  )
  return 0
}

/**
 * The URL of the server in the configuration; null when there is none. Where the command runs, the secrets of the vendors may
 * be missing: the mistakes count only in a file that the command line names.
 */
async function readPublicUrl(given: Arguments, { env, cwd }: CommandEnvironment): Promise<string | null> {
  const [{ loadConfig }, { providers }] = await Promise.all([import('../config.ts'), import('../providers/list.ts')])
  try {
    return loadConfig(providers, { env: withOptions(env, given), cwd }).server.publicUrl
  } catch (error) {
    if (error instanceof ConfigError && !given.values.has('config')) return null
    throw error
  }
}
