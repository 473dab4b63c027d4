import { createHash } from 'node:crypto'
import type { Identity } from '../replicas.ts'

/** Raised whenever what is written under a key changes: an older program must not read what a newer one wrote. */
const version = 1

export const probeKey = `certgraph:${version}:try`

/** The keys of one thing, by their parts. All have the same place in a cluster, where one script may touch them together. */
export function keysOf(identity: Identity): (part: string) => string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('base64url')
  return (part) => `certgraph:${version}:{${digest}}:${part}`
}
