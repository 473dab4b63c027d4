import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { findRejections } from '../../src/config/reload-rules.ts'
import { credentials, load, minimalFile, organization, parse } from '../support/config-parts.ts'

const digest = (digit: string) => digit.repeat(64)
const key = (name: string, digit: string, places?: string[]) => ({
  name,
  sha256: digest(digit),
  ...(places && { places }),
})
const hook = { name: 'ops', url: 'https://hooks.example/certs', secret: `whsec_${digest('a')}` }
const issuer = { issuer: 'https://id.example', audience: 'certgraph', jwksUrl: 'https://id.example/keys' }
const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
afterAll(() => rmSync(folder, { recursive: true }))
/** Reads a file, so that settings have the names that they have in it. */
function read(settings: object, env: Record<string, string> = {}) {
  writeFileSync(join(folder, 'certgraph.config.yaml'), JSON.stringify({ ...minimalFile, ...settings }))
  return load(env, folder)
}
const rejections = (before: object, after: object, env: Record<string, string> = {}) =>
  findRejections(read(before), read(after, env))
const withKeys = (...apiKeys: object[]) => ({ access: { apiKeys } })
const withFeeds = (...feeds: object[]) => ({ access: { apiKeys: [key('a', 'a')], feeds } })

describe('a configuration that is read again', () => {
  it.each([
    [
      'other places of vendors',
      {},
      {
        akamai: {
          accounts: [
            { id: 'a', credentials: { host: 'h.example', clientToken: 'a', clientSecret: 'b', accessToken: 'c' } },
          ],
        },
      },
    ],
    ['access where it was public', {}, withKeys(key('a', 'a'))],
    ['another key, and fewer', withKeys(key('a', 'a'), key('b', 'b')), withKeys(key('c', 'c'))],
    ['fewer places of a key', withKeys(key('a', 'a', ['x', 'y'])), withKeys(key('a', 'a', ['y']))],
    [
      'fewer permissions of a key',
      withKeys({ ...key('a', 'a'), scopes: ['certificates:read', 'certificates:write'] }),
      withKeys(key('a', 'a')),
    ],
    ['a new key with every right', withKeys(key('a', 'a', ['x'])), withKeys(key('a', 'a', ['x']), key('b', 'b'))],
    ['a new feed', withKeys(key('a', 'a')), withFeeds(key('b', 'b'))],
    ['another feed, and fewer', withFeeds(key('b', 'b'), key('c', 'c')), withFeeds(key('d', 'd', ['x']))],
    ['fewer places of a feed', withFeeds(key('b', 'b', ['x', 'y'])), withFeeds(key('b', 'b', ['y']))],
    [
      'more places of an account',
      { openai: { organizations: [{ ...organization, projects: ['proj_a'] }] } },
      { openai: { organizations: [{ ...organization, projects: ['proj_a', 'proj_b'] }] } },
    ],
    [
      'a list of places where they were discovered',
      {},
      { openai: { organizations: [{ ...organization, projects: ['proj_a'] }] } },
    ],
    [
      'fewer accepted hosts and origins',
      { server: { hosts: ['a.example'], cors: { origins: ['https://a.example'] }, introspection: true } },
      { server: { introspection: false, graphiql: false } },
    ],
    ['places of a key that had none', withKeys(key('a', 'a')), withKeys(key('a', 'a', ['y']))],
    [
      'another issuer',
      { access: { jwt: [issuer] } },
      { access: { jwt: [{ ...issuer, issuer: 'https://b.example', placesClaim: 'p' }] } },
    ],
    ['writes that are disabled', { writes: 'enabled' }, { writes: 'disabled' }],
    [
      'a new endpoint',
      { notify: [hook] },
      { notify: [hook, { ...hook, name: 'web', url: 'https://hooks.example/web' }] },
    ],
    [
      'less for an endpoint, and another secret',
      { notify: [{ ...hook, kinds: ['EXPIRED', 'EXPIRING'] }] },
      {
        notify: [
          { ...hook, secret: `whsec_${digest('b')}`, kinds: ['EXPIRED'], places: ['org_acme'], minStatus: 'OK' },
        ],
      },
    ],
    ['other limits and times', {}, { limits: { depth: 5 }, expiry: { warning: '60d' }, upstream: { ttl: '1h' } }],
  ])('may have %s', (_, before, after) => {
    expect(rejections(before, after)).toEqual([])
  })

  it.each([
    ['the places of a key with another name', withKeys(key('a', 'a', ['x'])), withKeys(key('b', 'a'))],
    ['the places of a name with another key', withKeys(key('b', 'a', ['x'])), withKeys(key('b', 'c'))],
  ])('must not remove %s', (_, before, after) => {
    expect(rejections(before, after)).toEqual(['access.apiKeys[0].places: the key b would see all places'])
  })

  it.each([
    [
      'add the default permission of a key whose scopes are missing',
      withKeys({ ...key('scraper', 'a'), scopes: ['metrics:read'] }),
      withKeys(key('scraper', 'a')),
      'access.apiKeys[0].scopes: the key scraper would also have certificates:read',
    ],
    [
      'add a permission of a key with another name',
      withKeys(key('b', 'b'), key('a', 'a')),
      withKeys(key('b', 'b'), { ...key('c', 'a'), scopes: ['certificates:read', 'certificates:write'] }),
      'access.apiKeys[1].scopes: the key c would also have certificates:write',
    ],
    [
      'add a place of a key',
      withKeys(key('a', 'a', ['x'])),
      withKeys(key('a', 'a', ['x', 'y'])),
      'access.apiKeys[0].places: the key a would also see y',
    ],
    [
      'add a place of a feed',
      withFeeds(key('b', 'b', ['x'])),
      withFeeds(key('c', 'b', ['x', 'y'])),
      'access.feeds[0].places: the feed c would also see y',
    ],
    [
      'remove the places of a feed',
      withFeeds(key('b', 'b', ['x'])),
      withFeeds(key('b', 'c')),
      'access.feeds[0].places: the feed b would see all places',
    ],
    [
      'make the token of a feed a key',
      withFeeds(key('b', 'b')),
      withKeys(key('a', 'a'), key('c', 'b')),
      'access.apiKeys[1].sha256: the token of the feed b, which is in URLs, would be an API key',
    ],
    [
      'make a key the token of a feed',
      withKeys(key('a', 'a'), key('b', 'b')),
      withFeeds(key('c', 'b')),
      'access.feeds[0].sha256: the key b would be accepted in URLs',
    ],
    [
      'read the places of tokens from another claim',
      { access: { jwt: [{ ...issuer, placesClaim: 'sites' }] } },
      { access: { jwt: [issuer] } },
      'access.jwt[0].placesClaim: tokens without this claim would see all places, of the issuer https://id.example',
    ],
    [
      'read the permissions of tokens from another claim',
      { access: { jwt: [{ ...issuer, scopesClaim: 'certgraph' }] } },
      { access: { jwt: [issuer] } },
      'access.jwt[0].scopesClaim: tokens would get the permissions in another claim, of the issuer https://id.example',
    ],
    [
      'accept tokens for another audience',
      { access: { jwt: [issuer] } },
      { access: { jwt: [{ ...issuer, audience: 'all' }] } },
      'access.jwt[0].audience: tokens for another audience would be accepted, of the issuer https://id.example',
    ],
    [
      'lose introspection: false',
      { server: { introspection: false } },
      {},
      'server.introspection: callers could read the schema; false was in use',
    ],
    [
      'lose graphiql: false',
      { server: { graphiql: false } },
      {},
      'server.graphiql: it would be served; false was in use',
    ],
    [
      'accept another host',
      { server: { hosts: ['a.example'] } },
      { server: { hosts: ['a.example', 'b.example'] } },
      'server.hosts: requests to the host b.example would be accepted',
    ],
    [
      'accept another origin',
      {},
      { server: { cors: { origins: ['https://b.example'] } } },
      'server.cors.origins: web pages of https://b.example could call the API',
    ],
    [
      'send changes of all kinds to an endpoint with a list of kinds',
      { notify: [{ ...hook, kinds: ['EXPIRED'] }] },
      { notify: [hook] },
      'notify[0].kinds: the endpoint would get changes of all kinds',
    ],
    [
      'send changes of another place to an endpoint with another URL',
      { notify: [{ ...hook, places: ['a'] }] },
      { notify: [{ ...hook, places: ['a', 'b'], url: 'https://other.example' }] },
      'notify[0].places: the endpoint would also get changes of b',
    ],
    [
      'send changes of all owners to an endpoint with another name',
      { owners: [{ match: {}, owner: 'web' }], notify: [{ ...hook, owners: ['web'] }] },
      { notify: [{ ...hook, name: 'web' }] },
      'notify[0].owners: the endpoint would get changes of all owners',
    ],
    [
      'send more statuses to an endpoint',
      { notify: [{ ...hook, minStatus: 'CRITICAL' }] },
      { notify: [{ ...hook, minStatus: 'WARNING' }] },
      'notify[0].minStatus: the endpoint would get changes of more certificates',
    ],
    [
      'connect an endpoint to private addresses',
      { notify: [hook] },
      { notify: [{ ...hook, allowPrivate: true }] },
      'notify[0].allowPrivate: addresses that are not public would be connected to',
    ],
    [
      'discover the projects of an account with a list',
      { openai: { organizations: [{ ...organization, projects: ['proj_a'] }] } },
      {},
      'openai: the account org_acme would be read without the limit of its projects',
    ],
    [
      'lose the account switch key of an account',
      { akamai: { accounts: [{ id: 'a', credentials, accountSwitchKey: '1-5C0YLB:1-8BYUX' }] } },
      { akamai: { accounts: [{ id: 'a', credentials }] } },
      'akamai: the account a would be read without the limit of its accountSwitchKey',
    ],
  ])('must not %s', (_, before, after, reason) => {
    expect(rejections(before, after)).toEqual([reason])
  })

  it('must not get its access from the environment when the file has lost it', () => {
    const env = { CERTGRAPH_API_KEY_SHA256: digest('e') }
    const before = read(withKeys(key('a', 'a')), env)
    expect(findRejections(before, read({}, env))).toEqual([
      'access: it would come from CERTGRAPH_API_KEY_SHA256 in place of the file',
    ])
    expect(findRejections(read({}, env), before)).toEqual([])
  })

  it('must not accept the hosts of the environment when the file has lost its own', () => {
    const env = { CERTGRAPH_HOSTS: 'a.example, b.example' }
    const before = read({ server: { hosts: ['a.example'] } }, env)
    expect(findRejections(before, read({}, env))).toEqual([
      'CERTGRAPH_HOSTS: requests to the host b.example would be accepted',
    ])
  })

  it('must not change Redis, the listener, or where it comes from', () => {
    const redis = { redis: { url: 'redis://127.0.0.1:6379', replicas: 2 } }
    expect(rejections(redis, {})).toEqual(['redis: it is connected at the start'])
    expect(rejections(redis, { redis: { ...redis.redis, replicas: 3 } })).toHaveLength(1)
    expect(rejections({}, {}, { PORT: '4001' })).toEqual(['HOST and PORT: they are opened at the start'])
    const { source, ...rest } = parse(minimalFile)
    const elsewhere = { ...rest, source: { ...source, file: '/etc/certgraph.yaml' } }
    expect(findRejections(parse(minimalFile), elsewhere)).toEqual([
      'the configuration comes from another file, or from the environment',
    ])
  })

  it('is refused for all reasons at once', () => {
    expect(rejections(withKeys(key('a', 'a')), { writes: 'enabled' })).toHaveLength(2)
  })
})
