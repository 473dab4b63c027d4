import type { JWTPayload } from 'jose'
import type { JwtConfig } from '../config/access.ts'
import { type Caller, permissions as known, type Permission } from '../operation.ts'

const longestSubject = 256

/** The caller of a verified token; null when a claim is not what it has to be. */
export function toCaller(
  payload: JWTPayload,
  { issuer, scopesClaim, placesClaim }: Pick<JwtConfig, 'issuer' | 'scopesClaim' | 'placesClaim'>,
): Caller | null {
  const { sub = '' } = payload
  const granted = parseScopes(claimOf(payload, scopesClaim))
  const places = parsePlaces(claimOf(payload, placesClaim))
  if (typeof sub !== 'string' || !isName(sub) || !granted || places === undefined) return null
  // Subjects of two issuers, and names of keys, may be the same.
  return { name: sub === '' ? `(${issuer})` : `${sub} (${issuer})`, permissions: granted, places, isIdentified: true }
}

/** As it is to stand in a log: nothing that makes it look like another one. */
function isName(sub: string): boolean {
  return sub.length <= longestSubject && sub === sub.trim() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(sub)
}

function claimOf(payload: JWTPayload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined
}

/** A list, or a text with spaces between them (RFC 8693, section 4.2). Scopes of other services mean nothing here. */
function parseScopes(claim: unknown): ReadonlySet<Permission> | null {
  const given = typeof claim === 'string' ? claim.split(' ') : (claim ?? [])
  if (!isTexts(given)) return null
  return new Set(known.filter((scope) => given.includes(scope)))
}

/** Without such a claim a caller sees all places; with an empty one none. */
function parsePlaces(claim: unknown): ReadonlySet<string> | null | undefined {
  if (claim === undefined) return null
  return isTexts(claim) ? new Set(claim) : undefined
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
