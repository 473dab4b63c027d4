import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { type Permission, permissions } from '../operation.ts'
import { distinctValues } from './distinct.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { id, listOf } from './place.ts'
import { documentUrl } from './url.ts'
import { expected } from './wording.ts'

/** A caller with an API key. */
export interface ApiKeyConfig {
  readonly name: string
  /** 64 hex digits in lower case. */
  readonly sha256: string
  readonly scopes: readonly Permission[]
  /** The vendors' ids of the visible places. Null: all places. */
  readonly places: readonly string[] | null
}

/** A calendar program with a token in its URL. The token is accepted on the path of the calendar only. */
export interface FeedConfig extends Pick<ApiKeyConfig, 'name' | 'sha256' | 'places'> {}

/** An issuer whose tokens are accepted. */
export interface JwtConfig {
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: string
  readonly scopesClaim: string
  readonly placesClaim: string
}

/** Who may use the API: every client that can reach it, or callers with an API key or a token. */
export type AccessConfig =
  | 'public'
  | {
      readonly apiKeys: readonly ApiKeyConfig[]
      readonly jwt: readonly JwtConfig[]
      readonly feeds: readonly FeedConfig[]
    }

const nameExpected = expected('1 to 64 letters, digits, spaces and . _ - @, starting with a letter or digit')
/** The name of an API key or a feed. It has no parentheses, so it differs from the name of every token's caller. */
export const keyName = z.string(nameExpected).regex(/^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$/, nameExpected)

function digestOf(what: string) {
  const expectation = expected(`the SHA-256 of a ${what}, 64 hex digits, quoted if it has only digits`)
  return z
    .string(expectation)
    .regex(/^[0-9a-f]{64}$/i, expectation)
    .toLowerCase()
}

const scope = z.enum(permissions, expected(`one of ${permissions.join(', ')}`))
/** Without the list a caller sees all places. An empty list is a mistake and not a caller who sees none. */
const places = listOf(id('the vendor’s id of a place'), 'vendors’ ids of places', 'or no list for all places')
  .optional()
  .transform((list) => list ?? null)
const apiKey = mapping({
  name: keyName,
  sha256: digestOf('key'),
  scopes: listOf(scope, 'scopes').default(['certificates:read']),
  places,
})
const feed = mapping({ name: keyName, sha256: digestOf('token of a feed'), places })

const text = (what: string) => z.string(expected(what)).min(1, expected(what))
const claim = (standard: string) => text('the name of a claim').default(standard)
const issuer = mapping({
  issuer: text('the issuer, as in the claim iss of its tokens'),
  audience: text('the audience, as in the claim aud of the tokens for this API'),
  jwksUrl: documentUrl,
  scopesClaim: claim('scope'),
  placesClaim: claim('places'),
})

const apiKeys = listOf(apiKey, 'keys').check(
  distinctValues('access.apiKeys', 'name', 'name'),
  distinctValues('access.apiKeys', 'key', 'sha256'),
)
const jwt = listOf(issuer, 'issuers').check(distinctValues('access.jwt', 'issuer', 'issuer'))
const feeds = listOf(feed, 'feeds').check(
  distinctValues('access.feeds', 'name', 'name'),
  distinctValues('access.feeds', 'token', 'sha256'),
)
const section = mapping({ apiKeys: apiKeys.optional(), jwt: jwt.optional(), feeds: feeds.optional() })
  .superRefine(
    (value, context) => {
      if (value.apiKeys !== undefined || value.jwt !== undefined) return
      context.addIssue('has neither apiKeys nor jwt; expected at least one of them')
    },
    { when: ({ value }) => isObject(value) },
  )
  .superRefine((value, context) => {
    // The token of a feed is in URLs: it must not be accepted as a key.
    for (const [index, { sha256 }] of (value.feeds ?? []).entries()) {
      const key = value.apiKeys?.findIndex((each) => each.sha256 === sha256) ?? -1
      if (key < 0) continue
      const message = `the same as access.apiKeys[${key}].sha256; expected a token of its own, from "certgraph key --feed"`
      context.addIssue({ code: 'custom', path: ['feeds', index, 'sha256'], message })
    }
  })
const word = z.literal('public', expected('public, or a mapping with apiKeys and jwt'))

/** Parses `access:`. Default: public. */
export function parseAccess(value: unknown, mistakes: Mistakes): AccessConfig | undefined {
  if (!isObject(value)) return mistakes.read(word.default('public'), value, ['access'])
  const access = mistakes.read(section, value, ['access'])
  return access && { apiKeys: access.apiKeys ?? [], jwt: access.jwt ?? [], feeds: access.feeds ?? [] }
}

/** Returns the kinds of access as a text for people: `public`, or those of `keys`, `jwt` and `feeds` that there are. */
export function accessText(access: AccessConfig): string {
  if (access === 'public') return access
  const { apiKeys: keys, jwt: issuers, feeds: calendars } = access
  const kinds = [keys.length > 0 && 'keys', issuers.length > 0 && 'jwt', calendars.length > 0 && 'feeds']
  return kinds.filter(Boolean).join(', ')
}
