import { createHash } from 'node:crypto'
import type { Identity } from '../call/vendor-api.ts'

/** The version of what is stored. Raise it with every change of a format: an older program must not read a newer one's data. */
const version = 1

/** The key that the probe of the connection uses. */
export const probeKey = `certgraph:${version}:try`

/** Returns a function from a part to its key. All parts have the same hash tag, so that one script may use them in a cluster. */
export function keysOf(identity: Identity): (part: string) => string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('base64url')
  return (part) => `certgraph:${version}:{${digest}}:${part}`
}
