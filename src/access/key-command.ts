import { randomBytes } from 'node:crypto'
import { keyName } from '../config/access.ts'
import { digestOf } from './api-keys.ts'

/** A command line that cannot be executed. */
export class UsageError extends Error {}

/**
 * Creates an API key and describes it: the key itself, which is not stored, and its entry for the configuration file.
 * @throws UsageError when the name is invalid
 */
export function describeNewKey(name = 'caller'): string {
  const { error } = keyName.safeParse(name)
  if (error) throw new UsageError(`invalid name: ${error.issues[0]?.message}`)
  const key = `cg_${randomBytes(32).toString('base64url')}`
  return `The new API key, shown only once. Send it as "Authorization: Bearer ...":

${key}

Add this to the configuration file:

access:
  apiKeys:
    - name: ${JSON.stringify(name)}
      sha256: ${JSON.stringify(digestOf(key).toString('hex'))}
      scopes: [certificates:read]
`
}
