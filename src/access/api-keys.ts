import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyConfig } from '../config/access.ts'
import type { Caller } from '../operation.ts'

export interface ApiKeys {
  /** Who holds a key; null for one that is not configured. Takes equally long for all keys of one length. */
  holderOf(key: string): Caller | null
}

/** Keys are random and long: an unsalted digest tells nothing of them. */
export const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** The callers whose keys are configured, by their digests alone. */
export function createApiKeys(configs: readonly ApiKeyConfig[]): ApiKeys {
  const holders = configs.map(({ name, sha256, scopes, places }) => ({
    digest: Buffer.from(sha256, 'hex'),
    caller: { name, permissions: new Set(scopes), places: places && new Set(places), isIdentified: true },
  }))
  return {
    holderOf(key) {
      const digest = digestOf(key)
      let holder: Caller | null = null
      // To the end, also once it is found: how long it takes tells nothing.
      for (const each of holders) if (timingSafeEqual(each.digest, digest)) holder = each.caller
      return holder
    },
  }
}
