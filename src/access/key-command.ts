import { randomBytes } from 'node:crypto'
import { keyName } from '../config/access.ts'
import { digestOf } from './api-keys.ts'

/** A command that was not given as it has to be. */
export class UsageError extends Error {}

/**
 * A new key with what of it belongs in the configuration, as a person reads it. The key is kept nowhere.
 * @throws UsageError for what is no name of a key
 */
export function describeNewKey(name = 'caller'): string {
  const { error } = keyName.safeParse(name)
  if (error) throw new UsageError(`the name is ${error.issues[0]?.message}`)
  const key = `cg_${randomBytes(32).toString('base64url')}`
  return `The key, shown this once; it is sent as "Authorization: Bearer ...":

${key}

For the configuration file:

access:
  apiKeys:
    - name: ${JSON.stringify(name)}
      sha256: ${JSON.stringify(digestOf(key).toString('hex'))}
      scopes: [certificates:read]
`
}
