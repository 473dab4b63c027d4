import type { JWTPayload } from 'jose'
import type { JwtConfig } from '../config/access.ts'
import { type Caller, type Permission, permissions } from '../operation.ts'

const maxSubjectLength = 256

/** Returns the caller of a verified token; null when one of its claims is invalid. */
export function toCaller(
  payload: JWTPayload,
  { issuer, scopesClaim, placesClaim }: Pick<JwtConfig, 'issuer' | 'scopesClaim' | 'placesClaim'>,
): Caller | null {
  const { sub = '' } = payload
  const granted = parseScopes(claimOf(payload, scopesClaim))
  const places = parsePlaces(claimOf(payload, placesClaim))
  if (typeof sub !== 'string' || !isSafeName(sub) || !granted || places === undefined) return null
  // The issuer distinguishes equal subjects of two issuers. API keys cannot have parentheses in their names.
  const name = sub === '' ? `(${issuer})` : `${sub} (${issuer})`
  return { name, permissions: granted, places, isIdentified: true, credential: 'token' }
}

/** A name in the log must not contain characters that make it look like another one. */
function isSafeName(sub: string): boolean {
  return sub.length <= maxSubjectLength && sub === sub.trim() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(sub)
}

function claimOf(payload: JWTPayload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined
}

/** Accepts a list, or one string with spaces (RFC 8693, section 4.2). Ignores the scopes of other services. */
function parseScopes(claim: unknown): ReadonlySet<Permission> | null {
  const scopes = typeof claim === 'string' ? claim.split(' ') : (claim ?? [])
  if (!isStringList(scopes)) return null
  return new Set(permissions.filter((permission) => scopes.includes(permission)))
}

/** A token without the claim grants all places; one with an empty list grants none. */
function parsePlaces(claim: unknown): ReadonlySet<string> | null | undefined {
  if (claim === undefined) return null
  return isStringList(claim) ? new Set(claim) : undefined
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
