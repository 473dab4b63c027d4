import { describe, expect, it } from '@jest/globals'
import { findRejections } from '../../src/config/reload-rules.ts'
import { minimalFile, parse } from '../support/config-parts.ts'

const digest = (digit: string) => digit.repeat(64)
const key = (name: string, digit: string, places?: string[]) => ({
  name,
  sha256: digest(digit),
  ...(places && { places }),
})
const issuer = { issuer: 'https://id.example', audience: 'certgraph', jwksUrl: 'https://id.example/keys' }
const rejections = (before: object, after: object, env: Record<string, string> = {}) =>
  findRejections(parse({ ...minimalFile, ...before }), parse({ ...minimalFile, ...after }, env))
const withKeys = (...apiKeys: object[]) => ({ access: { apiKeys } })

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
    ['other places of a key', withKeys(key('a', 'a', ['x'])), withKeys(key('a', 'a', ['y']))],
    ['places of a key that had none', withKeys(key('a', 'a')), withKeys(key('a', 'a', ['y']))],
    [
      'another issuer',
      { access: { jwt: [issuer] } },
      { access: { jwt: [{ ...issuer, issuer: 'https://b.example', placesClaim: 'p' }] } },
    ],
    ['writes that are disabled', { writes: 'enabled' }, { writes: 'disabled' }],
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

  it('must not read the places of tokens from another claim', () => {
    const jwt = (placesClaim: string) => ({ access: { jwt: [{ ...issuer, placesClaim }] } })
    expect(rejections(jwt('places'), jwt('other'))).toEqual([
      'access.jwt[0].placesClaim: tokens without this claim would see all places',
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
