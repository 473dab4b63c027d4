import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse, parseForSandbox } from '../support/config-parts.ts'

const parseRedis = (redis: unknown) => parse({ ...minimalFile, redis })

describe('redis', () => {
  it('is off by default', () => {
    expect(parse(minimalFile).redis).toBeNull()
  })

  it.each([
    'redis://127.0.0.1:6379',
    'redis://localhost',
    'redis://[::1]:6380/2',
    'redis://:hush@127.0.0.1',
    'rediss://redis.example.com',
    'rediss://certgraph:hush@redis.example.com:6380/15',
    'REDISS://redis.example.com/',
  ])('accepts the URL %s', (url) => {
    expect(parseRedis({ url, replicas: 3 }).redis).toEqual({ url, replicas: 3 })
  })

  it('is off in the sandbox', () => {
    expect(parseForSandbox({ ...minimalFile, redis: { url: 'redis://localhost', replicas: 3 } }).redis).toBeNull()
  })

  it('needs both settings and has no others', () => {
    expect(mistakesOf(() => parseRedis({}))).toEqual([
      expect.stringMatching(/^redis\.url: missing; expected a URL such as rediss:/),
      'redis.replicas: missing; expected a whole number from 1 to 100',
    ])
    expect(mistakesOf(() => parseRedis({ url: 'redis://localhost', replicas: 2, tls: false }))).toEqual([
      'redis.tls: unknown; expected one of url, replicas, secret',
    ])
    expect(mistakesOf(() => parseRedis(null))).toEqual(['redis: empty; expected a mapping with url, replicas, secret'])
  })

  it.each([0, 101, 1.5, '3', null])('does not accept %j replicas', (replicas) => {
    expect(mistakesOf(() => parseRedis({ url: 'redis://localhost', replicas }))).toEqual([
      expect.stringMatching(/^redis\.replicas: .+; expected a whole number from 1 to 100$/),
    ])
  })

  it.each([
    'redis://:hush@redis.example.com',
    'redis://:hush@192.0.2.1:6379',
    'redis://:hush@127.0.0.1.example',
    'redis://:hush@2130706433',
  ])('does not accept an unencrypted connection to another machine: %s', (url) => {
    expect(mistakesOf(() => parseRedis({ url, replicas: 3 }))).toEqual([
      'redis.url: redis:// to another machine; expected rediss:// (redis:// is for loopback addresses)',
    ])
  })

  it.each([
    'rediss://:hush@redis.example.com?tls[rejectUnauthorized]=false',
    'redis://:hush@localhost?host=redis.example.com',
    'rediss://:hush@redis.example.com#hush',
  ])('does not accept a query or a fragment: %s', (url) => {
    expect(mistakesOf(() => parseRedis({ url, replicas: 3 }))).toEqual([
      'redis.url: has a query or a fragment; expected a URL without them',
    ])
  })

  it.each([
    'https://hush@redis.example.com',
    'unix:///run/hush.sock',
    '/run/hush.sock',
    'hush.example.com:6379',
    'rediss://',
    'rediss:///hush',
    'rediss://redis.example.com/hush',
    'rediss://redis.example.com/1/hush',
    'rediss://redis.example.com:hush',
    'rediss://:hu%sh@redis.example.com',
    'rediss://:hu sh@redis.example.com',
    'rediss://redis.example.com\\hush',
    '',
    7,
  ])('does not accept the URL %j and does not repeat it', (url) => {
    const mistakes = mistakesOf(() => parseRedis({ url, replicas: 3, secret: 'hush'.repeat(8) }))
    expect(mistakes).toEqual([expect.stringMatching(/^redis\.url: .+; expected a URL such as rediss:/)])
    expect(mistakes[0]).not.toMatch(/hu.?sh/)
  })

  it('has its URL and its password, encoded and decoded, among the secrets', () => {
    const url = 'rediss://certgraph:hush%2Fhush@redis.example.com'
    const { secrets } = parseRedis({ url, replicas: 3 })
    expect(secrets).toEqual(expect.arrayContaining([url, 'hush%2Fhush', 'hush/hush']))
  })

  const secret = 'hush-hush-hush-hush-hush-hush-32'

  it('may have a secret, which is among the secrets', () => {
    const config = parseRedis({ url: 'redis://localhost', replicas: 3, secret })
    expect(config.redis).toEqual({ url: 'redis://localhost', replicas: 3, secret })
    expect(config.secrets).toContain(secret)
  })

  it.each([
    ['hush', 'redis.secret: has 4 characters; expected 32 to 1024 characters without spaces'],
    [secret.slice(1), 'redis.secret: has 31 characters; expected 32 to 1024 characters without spaces'],
    [secret.repeat(33), 'redis.secret: has 1056 characters; expected 32 to 1024 characters without spaces'],
    [`${secret}\n`, 'redis.secret: not valid; expected 32 to 1024 characters without spaces'],
    ['', 'redis.secret: empty; expected 32 to 1024 characters without spaces'],
    [7, 'redis.secret: found a number; expected 32 to 1024 characters without spaces'],
  ])('does not accept the secret %j and does not repeat it', (text, mistake) => {
    const mistakes = mistakesOf(() => parseRedis({ url: 'redis://localhost', replicas: 3, secret: text }))
    expect(mistakes).toEqual([`${mistake}, such as the output of openssl rand -base64 32`])
    expect(mistakes[0]).not.toMatch(/hush/)
  })

  it.each([
    ['as it is', secret],
    ['encoded', secret.replaceAll('-', '%2D')],
  ])('does not accept the password of Redis as the secret, %s', (_, password) => {
    const url = `rediss://certgraph:${password}@redis.example.com`
    expect(mistakesOf(() => parseRedis({ url, replicas: 3, secret }))).toEqual([
      'redis.secret: is the password of redis.url; expected another text',
    ])
  })
})
