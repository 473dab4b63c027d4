import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import type { JwtConfig } from '../config/access.ts'
import type { Caller } from '../operation.ts'
import type { Denial } from './caller.ts'
import { toCaller } from './claims.ts'
import { createKeySet, type JwksOptions, KeysUnavailable } from './jwks.ts'

export type TokenOptions = JwksOptions

export interface Tokens {
  /** Who a token speaks of; null when it is no token at all, or nobody's tokens are accepted. */
  holderOf(token: string): Promise<Caller | Denial | null>
}

/** Signatures with a private key alone: what verifies a token must not be able to make one. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
/** Seconds that clocks may differ by. */
const clockTolerance = 5

/** Callers by the tokens of the configured issuers, a gateway that speaks for its own callers among them. */
export function createTokens(configs: readonly JwtConfig[], options: TokenOptions): Tokens {
  const issuers = new Map(
    configs.map((config) => [config.issuer, { config, keys: createKeySet(config.jwksUrl, options) }]),
  )
  return {
    async holderOf(token) {
      const claimed = issuers.size > 0 ? decode(token) : null
      if (!claimed) return null
      // What it says of itself decides only whose keys it has to be signed with.
      const issuer = issuers.get(claimed.iss ?? '')
      if (!issuer) return refused('unknown issuer')

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
        return toCaller(payload, config) ?? refused('malformed claims')
      } catch (error) {
        return toDenial(error)
      }
    },
  }
}

function decode(token: string): JWTPayload | null {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}

function refused(reason: string, message = 'The token is not accepted here.'): Denial {
  return { message, reason: `token: ${reason}` }
}

function toDenial(error: unknown): Denial {
  if (error instanceof errors.JWTExpired) return refused('expired', 'The token has expired.')
  if (error instanceof KeysUnavailable) {
    const message = 'The token cannot be checked for now: the keys of its issuer cannot be had.'
    return { ...refused('no keys of its issuer', message), retryAfterSeconds: 5 }
  }
  const claim = error instanceof errors.JWTClaimValidationFailed ? ` ${error.claim}` : ''
  // A key that is none, in a JWKS, makes for errors that are not jose's own.
  return refused(error instanceof errors.JOSEError ? `${error.code}${claim}` : 'unusable key')
}
