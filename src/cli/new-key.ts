import { randomBytes } from 'node:crypto'
import { digestOf } from '../access/api-keys.ts'
import { keyName } from '../config/access.ts'
import type { RunCommand } from './command.ts'
import { UsageError } from './usage-error.ts'

/**
 * Creates an API key and describes it: the key itself, which is not stored, and its entry for the configuration file.
 * @throws UsageError when the name is invalid
 */
export function describeNewKey(name = 'caller'): string {
  const { error } = keyName.safeParse(name)
  if (error) throw new UsageError(`the name of the key is ${error.issues[0]?.message ?? 'not valid'}`)
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

/** Prints a new API key. */
export const printNewKey: RunCommand = async ({ operand }, { stdout }) => {
  stdout.write(describeNewKey(operand))
  return 0
}
