import type { AccessConfig } from '../config/access.ts'
import { createApiKeys, createFeeds } from './api-keys.ts'
import { type Authenticate, anonymousCaller, type Denial } from './caller.ts'
import type { TokenOptions } from './jwt.ts'

/** The size of an issuer's keys. Far more than any issuer publishes. */
export const maxKeySetBytes = 1_000_000

const missing: Denial = {
  message: 'The request has no credential; send an API key or a token as "Authorization: Bearer ...".',
  reason: 'no bearer credential',
}
const unknown: Denial = { message: 'The API key is unknown.', reason: 'unknown key' }
const unknownFeed: Denial = {
  message: 'The token of this feed is unknown; it may have been revoked. "certgraph key --feed" creates one.',
  reason: 'unknown feed token',
}

/** Creates the function that authenticates callers: by API key or by token, or not at all when access is public. */
export async function createAuthenticate(access: AccessConfig, options: TokenOptions): Promise<Authenticate> {
  if (access === 'public') return async (credentials) => anonymousCaller(credentials)

  const keys = createApiKeys(access.apiKeys)
  const feeds = createFeeds(access.feeds)
  // jose is imported only where an issuer is configured.
  const tokens = access.jwt.length > 0 ? (await import('./jwt.ts')).createTokens(access.jwt, options) : null
  return async ({ authorization, feedToken }) => {
    if (feedToken !== undefined) return feeds.findCaller(feedToken) ?? unknownFeed
    const credential = parseBearer(authorization)
    if (credential === null) return missing
    return keys.findCaller(credential) ?? (await tokens?.findCaller(credential)) ?? unknown
  }
}

/** Parses `Authorization: Bearer <credential>` (RFC 6750, section 2.1). */
function parseBearer(authorization: string | null): string | null {
  return /^Bearer +([!-~]+) *$/i.exec(authorization ?? '')?.[1] ?? null
}
