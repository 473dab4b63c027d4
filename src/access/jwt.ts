import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { JwtConfig } from '../config/access.ts'
import type { Caller } from '../operation.ts'
import type { Denial } from './caller.ts'
import { toCaller } from './claims.ts'
import { createKeySet, type JwksOptions, KeysUnavailable } from './jwks.ts'

export type TokenOptions = JwksOptions

export interface Tokens {
  /** Returns the caller of a token; null when the text is no JWT, or no issuer is configured. */
  findCaller(token: string): Promise<Caller | Denial | null>
}

/** Asymmetric algorithms only: with a symmetric one, a verifier could also sign tokens. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
/** Seconds by which the clocks of issuer and server may differ. */
const clockTolerance = 5

/** Finds callers by the tokens of the configured issuers. */
export function createTokens(configs: readonly JwtConfig[], options: TokenOptions): Tokens {
  const issuers = new Map(configs.map((config) => [config.issuer, { config, keys: keySetOf(config.jwksUrl, options) }]))
  return {
    async findCaller(token) {
      const unverified = issuers.size > 0 ? decode(token) : null
      if (!unverified) return null
      // The unverified claim only selects the keys that must verify the signature.
      const issuer = issuers.get(unverified.iss ?? '')
      if (!issuer) return deny('unknown issuer')

      const { config, keys } = issuer
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms,
          clockTolerance,
          issuer: config.issuer,
          audience: config.audience,
          requiredClaims: ['exp'],
          currentDate: new Date(options.clock.now()),
        })
        const caller = toCaller(payload, config)
        if (!caller) return deny('malformed claims')
        return { ...caller, expiresAt: (Number(payload.exp) + clockTolerance) * 1000 }
      } catch (error) {
        return toDenial(error)
      }
    },
  }
}

function keySetOf(url: string, options: TokenOptions): JWTVerifyGetKey {
  const keys = options.keySets?.get(url) ?? createKeySet(url, options)
  options.keySets?.set(url, keys)
  return keys
}

function decode(token: string): JWTPayload | null {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}

function deny(reason: string, message = 'The token is invalid for this API.'): Denial {
  return { message, reason: `token: ${reason}` }
}

function toDenial(error: unknown): Denial {
  if (error instanceof errors.JWTExpired) return deny('expired', 'The token has expired.')
  if (error instanceof KeysUnavailable) {
    const message = 'The token cannot be verified at the moment: the keys of its issuer are not available.'
    return { ...deny('no keys of its issuer', message), retryAfterSeconds: 5 }
  }
  const claim = error instanceof errors.JWTClaimValidationFailed ? ` ${error.claim}` : ''
  // A malformed key in the JWKS causes errors that are not jose's own.
  return deny(error instanceof errors.JOSEError ? `${error.code}${claim}` : 'unusable key')
}
