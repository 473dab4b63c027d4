import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyConfig, FeedConfig } from '../config/access.ts'
import type { Caller } from '../operation.ts'

/** The callers who send a secret of which the configuration has the digest. */
export interface SecretCallers {
  /** Returns the caller of a secret; null for an unknown one. Takes the same time for all secrets of the same length. */
  findCaller(secret: string): Caller | null
}

interface Entry {
  /** 64 hex digits. */
  readonly sha256: string
  readonly caller: Caller
}

/** Needs no salt: keys are long and random. */
export const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Finds callers by API key. */
export function createApiKeys(configs: readonly ApiKeyConfig[]): SecretCallers {
  return createSecretCallers(
    configs.map(({ name, sha256, scopes, places }) => {
      const caller = { name, permissions: new Set(scopes), places: places && new Set(places) }
      return { sha256, caller: { ...caller, isIdentified: true, credential: 'key' } }
    }),
  )
}

/** Finds callers by the token in the URL of a feed. The name of a key has no colon, so the two differ in the log. */
export function createFeeds(configs: readonly FeedConfig[]): SecretCallers {
  return createSecretCallers(
    configs.map(({ name, sha256, places }) => {
      const caller = { name: `feed:${name}`, permissions: feedPermissions, places: places && new Set(places) }
      return { sha256, caller: { ...caller, isIdentified: true, credential: 'feed' } }
    }),
  )
}

const feedPermissions: Caller['permissions'] = new Set(['certificates:read'])

function createSecretCallers(configs: readonly Entry[]): SecretCallers {
  const entries = configs.map(({ sha256, caller }) => ({ digest: Buffer.from(sha256, 'hex'), caller }))
  return {
    findCaller(secret) {
      const digest = digestOf(secret)
      let found: Caller | null = null
      // Compares with every entry, so that the time does not depend on the position of the secret.
      for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry.caller
      return found
    },
  }
}
