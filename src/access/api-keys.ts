import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyConfig } from '../config/access.ts'
import type { Caller } from '../operation.ts'

export interface ApiKeys {
  /** Returns the caller of a key; null for an unknown key. Takes the same time for all keys of the same length. */
  findCaller(key: string): Caller | null
}

/** Needs no salt: keys are long and random. */
export const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Finds callers by API key. Only digests of the keys are configured. */
export function createApiKeys(configs: readonly ApiKeyConfig[]): ApiKeys {
  const entries = configs.map(({ name, sha256, scopes, places }) => ({
    digest: Buffer.from(sha256, 'hex'),
    caller: {
      name,
      permissions: new Set(scopes),
      places: places && new Set(places),
      isIdentified: true,
      credential: 'key' as const,
    },
  }))
  return {
    findCaller(key) {
      const digest = digestOf(key)
      let found: Caller | null = null
      // Compares with every entry, so that the time does not depend on the position of the key.
      for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry.caller
      return found
    },
  }
}
