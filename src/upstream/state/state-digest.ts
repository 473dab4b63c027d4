import { createHmac } from 'node:crypto'
import type { Identity } from '../call/vendor-api.ts'

/**
 * The part of a key of the state that stands for an identity: vendor, address, account, place and credential. Another
 * credential has other keys, since it may see less. The secret cannot be computed from it.
 */
export function stateDigest({ parts, secret }: Identity): string {
  return createHmac('sha256', secret).update('certgraph state').update(JSON.stringify(parts)).digest('base64url')
}
