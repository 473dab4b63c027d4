import type { AccessConfig } from '../config/access.ts'
import { createApiKeys } from './api-keys.ts'
import { type Authenticate, anybody, type Denial } from './caller.ts'
import { createTokens, type TokenOptions } from './jwt.ts'

const missing: Denial = {
  message: 'Nobody may ask here without a key or a token; send it as "Authorization: Bearer ...".',
  reason: 'no bearer credential',
}
const unknown: Denial = { message: 'The key is not known here.', reason: 'unknown key' }

/** Makes out who asks: anybody where access is public, else the holder of a key or of an issuer's token. */
export function createAuthenticate(access: AccessConfig, options: TokenOptions): Authenticate {
  if (access === 'public') return async (presented) => anybody(presented)

  const keys = createApiKeys(access.apiKeys)
  const tokens = createTokens(access.jwt, options)
  return async ({ authorization }) => {
    const credential = parseBearer(authorization)
    if (credential === null) return missing
    return keys.holderOf(credential) ?? (await tokens.holderOf(credential)) ?? unknown
  }
}

/** The credential of a header as RFC 6750, section 2.1, has it. */
function parseBearer(authorization: string | null): string | null {
  return /^Bearer +([!-~]+) *$/i.exec(authorization ?? '')?.[1] ?? null
}
