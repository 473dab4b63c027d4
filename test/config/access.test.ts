import { describe, expect, it } from '@jest/globals'
import { banner } from '../../src/banner.ts'
import { minimalFile, mistakesOf, parse, parseForSandbox } from '../support/config-parts.ts'

const HOST = '0.0.0.0'
const one = 'a'.repeat(64)
const other = '0123456789abcdef'.repeat(4)
const key = { name: 'dashboard', sha256: one }
const issuer = { issuer: 'https://id.example', audience: 'certgraph', jwksUrl: 'https://id.example/keys?v=1' }

const accessOf = (access: unknown, env = {}) => parse({ ...minimalFile, access }, env).server.access
const mistakesIn = (access: unknown) => mistakesOf(() => accessOf(access))

describe('access', () => {
  it('is public by default on a loopback HOST', () => {
    for (const host of ['127.0.0.1', '::1', 'localhost'])
      expect(parse(minimalFile, { HOST: host }).server.access).toBe('public')
    expect(parse(minimalFile).server.access).toBe('public')
    expect(parseForSandbox(minimalFile).server.access).toBe('public')
  })

  it('is limited to API keys and tokens on any HOST', () => {
    for (const env of [{}, { HOST }]) {
      expect(accessOf({ apiKeys: [{ ...key, sha256: one.toUpperCase() }] }, env)).toEqual({
        apiKeys: [{ ...key, scopes: ['certificates:read'], places: null }],
        jwt: [],
        feeds: [],
      })
      expect(accessOf({ jwt: [issuer] }, env)).toEqual({
        apiKeys: [],
        jwt: [{ ...issuer, scopesClaim: 'scope', placesClaim: 'places' }],
        feeds: [],
      })
    }
  })

  it('has scopes and places per key, and claims per issuer', () => {
    const scopes = ['certificates:content', 'certificates:write']
    const places = ['org_acme', 'proj_x', 'K-0N7RAK7', 'le1606809']
    const claims = { scopesClaim: 'permissions', placesClaim: 'https://acme.example/places' }
    expect(accessOf({ apiKeys: [{ ...key, scopes, places }], jwt: [{ ...issuer, ...claims }] })).toEqual({
      apiKeys: [{ ...key, scopes, places }],
      jwt: [{ ...issuer, ...claims }],
      feeds: [],
    })
  })

  it('has feeds with a token and places each', () => {
    const feeds = [
      { name: 'calendar', sha256: other.toUpperCase() },
      { name: 'dashboard', sha256: 'b'.repeat(64), places: ['org_acme'] },
    ]
    expect(accessOf({ apiKeys: [key], feeds })).toMatchObject({
      feeds: [
        { name: 'calendar', sha256: other, places: null },
        { name: 'dashboard', sha256: 'b'.repeat(64), places: ['org_acme'] },
      ],
    })
    const config = parse({ ...minimalFile, access: { apiKeys: [key], feeds } })
    expect(banner(config, { version: '1', url: 'http://x', places: [] })).toContain('ACCESS keys, feeds:')
  })

  it('reports the mistakes of feeds, and a token that is a key as well', () => {
    const feeds = [
      { name: 'calendar', sha256: one },
      { name: 'calendar', sha256: 'cgf_the-token-itself', scopes: ['certificates:read'] },
      { name: 'other', sha256: other, places: [] },
      { name: 'third', sha256: other },
    ]
    expect(mistakesIn({ apiKeys: [key], feeds }).toSorted()).toEqual([
      'access.feeds[0].sha256: the same as access.apiKeys[0].sha256; expected a token of its own, from "certgraph key --feed"',
      'access.feeds[1].name: the same name as access.feeds[0].name; expected each once',
      'access.feeds[1].scopes: unknown; expected one of name, sha256, places',
      'access.feeds[1].sha256: not valid; expected the SHA-256 of a token of a feed, 64 hex digits, quoted if it has only digits',
      'access.feeds[2].places: empty; expected a list of vendors’ ids of places with at least one entry, or no list for all places',
      'access.feeds[3].sha256: the same token as access.feeds[2].sha256; expected each once',
    ])
    expect(mistakesIn({ feeds: [feeds[0]] })).toEqual([
      'access: has neither apiKeys nor jwt; expected at least one of them',
    ])
  })

  it('accepts http for a JWKS URL on a loopback address only', () => {
    const jwksUrl = 'http://127.0.0.1:9000/keys'
    expect(accessOf({ jwt: [{ ...issuer, jwksUrl }] })).toMatchObject({ jwt: [{ jwksUrl }] })
    expect(mistakesIn({ jwt: [{ ...issuer, jwksUrl: 'http://id.example/keys' }] })).toEqual([
      'access.jwt[0].jwksUrl: plain http to another machine; expected https (http is for loopback addresses)',
    ])
  })

  it('reports all mistakes at once, each with its path', () => {
    const scopes = 'certificates:read, certificates:content, certificates:write, metrics:read'
    expect(
      mistakesIn({
        apiKeys: [
          { name: 'dashboard', sha256: one, scopes: ['read'] },
          { name: 'dashboard', sha256: one, places: ['../x'] },
          { name: 'a (b)', sha256: 'cg_the-key-itself', places: [] },
          { sha256: Number.parseInt('1', 10), scope: [] },
        ],
        jwt: [
          { ...issuer, audience: '', jwksUrl: 'id.example' },
          { ...issuer, placesClaim: [] },
        ],
        key: 'x',
      }).toSorted(),
    ).toEqual(
      [
        `access.apiKeys[0].scopes[0]: not valid; expected one of ${scopes}`,
        'access.apiKeys[1].name: the same name as access.apiKeys[0].name; expected each once',
        'access.apiKeys[1].sha256: the same key as access.apiKeys[0].sha256; expected each once',
        'access.apiKeys[1].places[0]: not valid; expected the vendor’s id of a place: 1 to 128 characters of A-Z, a-z, 0-9, _ and -, quoted if it has only digits',
        'access.apiKeys[2].name: not valid; expected 1 to 64 letters, digits, spaces and . _ - @, starting with a letter or digit',
        'access.apiKeys[2].sha256: not valid; expected the SHA-256 of a key, 64 hex digits, quoted if it has only digits',
        'access.apiKeys[2].places: empty; expected a list of vendors’ ids of places with at least one entry, or no list for all places',
        'access.apiKeys[3].name: missing; expected 1 to 64 letters, digits, spaces and . _ - @, starting with a letter or digit',
        'access.apiKeys[3].sha256: found a number; expected the SHA-256 of a key, 64 hex digits, quoted if it has only digits',
        'access.apiKeys[3].scope: unknown; expected one of name, sha256, scopes, places (did you mean scopes?)',
        'access.jwt[0].audience: empty; expected the audience, as in the claim aud of the tokens for this API',
        'access.jwt[0].jwksUrl: not valid; expected a URL such as https://api.example.com/v1',
        'access.jwt[1].issuer: the same issuer as access.jwt[0].issuer; expected each once',
        'access.jwt[1].placesClaim: empty; expected the name of a claim',
        'access.key: unknown; expected one of apiKeys, jwt, feeds',
      ].toSorted(),
    )
  })

  it.each([
    [{}, 'access: has neither apiKeys nor jwt; expected at least one of them'],
    [{ apiKeys: [] }, 'access.apiKeys: empty; expected a list of keys with at least one entry'],
    [[key], 'access: not valid; expected public, or a mapping with apiKeys and jwt'],
    [null, 'access: empty; expected public, or a mapping with apiKeys and jwt'],
  ])('is not %j', (access, mistake) => {
    expect(mistakesIn(access)).toEqual([mistake])
  })

  it.each([
    [
      'places',
      { apiKeys: [{ ...key, places: null }] },
      'access.apiKeys[0].places: empty; expected a list of vendors’ ids of places, or no list for all places',
    ],
    ['scopes', { apiKeys: [{ ...key, scopes: null }] }, 'access.apiKeys[0].scopes: empty; expected a list of scopes'],
    ['keys', { apiKeys: null, jwt: [issuer] }, 'access.apiKeys: empty; expected a list of keys'],
    ['issuers', { apiKeys: [key], jwt: null }, 'access.jwt: empty; expected a list of issuers'],
    [
      'a claim',
      { jwt: [{ ...issuer, placesClaim: null }] },
      'access.jwt[0].placesClaim: empty; expected the name of a claim',
    ],
  ])('with an empty setting is a mistake: %s', (_what, access, mistake) => {
    expect(mistakesIn(access)).toEqual([mistake])
  })

  it('with the same digest twice is a mistake in any spelling', () => {
    const apiKeys = [
      { name: 'a', sha256: other },
      { name: 'b', sha256: other.toUpperCase() },
    ]
    expect(mistakesIn({ apiKeys })).toEqual([
      'access.apiKeys[1].sha256: the same key as access.apiKeys[0].sha256; expected each once',
    ])
  })
})

describe('writes with public access', () => {
  const mistake =
    'writes: enabled for every client that reaches HOST; expected "access" with apiKeys or jwt in place of "access: public", or writes: disabled'

  it('are accepted on a loopback HOST only', () => {
    const file = { ...minimalFile, access: 'public', writes: 'enabled' }
    expect(parse(file).writes).toBe(true)
    expect(mistakesOf(() => parse(file, { HOST }))).toEqual([mistake])
    expect(parse({ ...file, access: { apiKeys: [key] } }, { HOST }).writes).toBe(true)
    expect(parse({ ...file, writes: 'disabled' }, { HOST }).writes).toBe(false)
  })
})

describe('the banner', () => {
  const told = (access: unknown, env = {}) =>
    banner(parse({ ...minimalFile, access }, env), { version: '1.2.3', url: 'http://h', places: [] })
      .split('\n')
      .filter((line) => line.startsWith('ACCESS'))

  it('states who has access, unless HOST is loopback and access is public', () => {
    expect(told('public')).toEqual([])
    expect(told('public', { HOST })).toEqual(['ACCESS public: every client that reaches this address has access.'])
    expect(told({ apiKeys: [key], jwt: [issuer] })).toEqual(['ACCESS keys, jwt: callers need an API key or a token.'])
  })

  it('says how to use other accounts than those of the sandbox, and which variables a forced one ignores', () => {
    const lines = (env = {}) =>
      banner(parseForSandbox(minimalFile, env), { version: '1.2.3', url: 'http://h', places: [] }).split('\n')
    expect(lines()).toContainEqual(expect.stringContaining('write certgraph.config.yaml'))
    const forced = lines({ CERTGRAPH_MODE: 'sandbox', CERTGRAPH_CONFIG: 'x.yaml', LIVEPERSON_TOKEN_FILE: '/nowhere' })
    expect(forced).toContain('To use your own accounts, start without CERTGRAPH_MODE=sandbox.')
    expect(forced).toContain('NOT USED: CERTGRAPH_CONFIG, LIVEPERSON_TOKEN_FILE')
    expect(forced.join()).not.toContain('certgraph.config.yaml')
  })
})
