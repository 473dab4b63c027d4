import { describe, expect, it } from '@jest/globals'
import { digestOf } from '../../src/access/api-keys.ts'
import { load, minimalFile, mistakesOf, parseForSandbox, withoutPosition } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const shortForm = { OPENAI_ORG_ID: 'org_acme', OPENAI_ADMIN_KEY: 'sk-1' }
const outside = { ...shortForm, HOST: '0.0.0.0' }
const sha256 = digestOf('cg_1').toString('hex')
const other = digestOf('cg_2').toString('hex')
const serverWith = (env: Record<string, string>, file?: object) =>
  load(env, createFolder(file && { 'certgraph.config.yaml': JSON.stringify(file) })).server
const mistakesWith = (env: Record<string, string>, file?: object) =>
  mistakesOf(() => serverWith(env, file)).map(withoutPosition)

describe('CERTGRAPH_ACCESS and CERTGRAPH_API_KEY_SHA256', () => {
  it('state the access where HOST is reachable from other machines', () => {
    expect(serverWith({ ...outside, CERTGRAPH_ACCESS: 'public' }).access).toBe('public')
    expect(serverWith({ ...outside, CERTGRAPH_API_KEY_SHA256: sha256 }).access).toEqual({
      apiKeys: [{ name: 'environment', sha256, scopes: ['certificates:read'], places: null }],
      jwt: [],
      feeds: [],
    })
  })

  it('may give several keys, or the file with them', () => {
    const folder = createFolder({ keys: `${sha256}, ${other}\n` })
    const { server } = load({ ...outside, CERTGRAPH_API_KEY_SHA256_FILE: 'keys' }, folder)
    expect(server.access).toMatchObject({
      apiKeys: [
        { name: 'environment-1', sha256 },
        { name: 'environment-2', sha256: other },
      ],
    })
  })

  it('complete a file without access, and the sandbox', () => {
    expect(serverWith({ HOST: '0.0.0.0', CERTGRAPH_ACCESS: 'public' }, minimalFile).access).toBe('public')
    const { server } = parseForSandbox(minimalFile, { CERTGRAPH_API_KEY_SHA256: sha256 })
    expect(server.access).toMatchObject({ apiKeys: [{ sha256 }] })
  })

  it('are reported when they are not used, because the file has access', () => {
    const file = { ...minimalFile, access: { apiKeys: [{ name: 'a', sha256: other }] } }
    const { server, source } = load(
      { HOST: '0.0.0.0', CERTGRAPH_ACCESS: 'public' },
      createFolder({ 'certgraph.config.yaml': JSON.stringify(file) }),
    )
    expect(server.access).toMatchObject({ apiKeys: [{ name: 'a' }] })
    expect(source.ignoredVariables).toEqual(['CERTGRAPH_ACCESS'])
  })

  it.each([
    [{ CERTGRAPH_ACCESS: 'private' }, /^CERTGRAPH_ACCESS: not valid; expected public, or no such variable$/],
    [{ CERTGRAPH_ACCESS: '' }, /^CERTGRAPH_ACCESS: empty; expected public/],
    [{ CERTGRAPH_API_KEY_SHA256: 'cg_secret' }, /^CERTGRAPH_API_KEY_SHA256: not valid; expected the SHA-256 of a key/],
    [{ CERTGRAPH_API_KEY_SHA256: '' }, /^CERTGRAPH_API_KEY_SHA256: empty; expected the SHA-256/],
    [{ CERTGRAPH_API_KEY_SHA256: `${sha256},${sha256}` }, /^CERTGRAPH_API_KEY_SHA256\[1\]: the same key as/],
    [{ CERTGRAPH_API_KEY_SHA256_FILE: 'gone' }, /^CERTGRAPH_API_KEY_SHA256_FILE: .+ cannot be read \(ENOENT\)/],
    [
      { CERTGRAPH_ACCESS: 'public', CERTGRAPH_API_KEY_SHA256: sha256 },
      /^CERTGRAPH_API_KEY_SHA256: set together with CERTGRAPH_ACCESS; expected one of them$/,
    ],
  ])('are reported by name when they are wrong: %j', (env, mistake) => {
    for (const file of [undefined, minimalFile]) {
      const mistakes = mistakesWith({ ...(file ? {} : shortForm), ...env }, file)
      expect(mistakes).toEqual([expect.stringMatching(mistake)])
      expect(mistakes.join()).not.toContain('cg_secret')
    }
  })
})

describe('CERTGRAPH_HOSTS and CERTGRAPH_CORS_ORIGINS', () => {
  const env = { CERTGRAPH_HOSTS: 'certgraph.internal, certs.example', CERTGRAPH_CORS_ORIGINS: 'https://app.example' }

  it('are lists with commas', () => {
    const expected = { hosts: ['certgraph.internal', 'certs.example'], cors: { origins: ['https://app.example'] } }
    expect(serverWith({ ...shortForm, ...env })).toMatchObject(expected)
    expect(parseForSandbox(minimalFile, env).server).toMatchObject(expected)
  })

  it('complete a file, setting by setting', () => {
    const folder = createFolder({
      'certgraph.config.yaml': JSON.stringify({ ...minimalFile, server: { hosts: ['a.example'], drainDelay: '1s' } }),
    })
    const { server, source } = load(env, folder)
    expect(server).toMatchObject({
      hosts: ['a.example'],
      drainDelay: 1_000,
      cors: { origins: ['https://app.example'] },
    })
    expect(source.ignoredVariables).toEqual(['CERTGRAPH_HOSTS'])
  })

  it.each([
    [
      { CERTGRAPH_HOSTS: 'a.example,https://b.example' },
      /^CERTGRAPH_HOSTS\[1\]: .+; expected a host name without scheme/,
    ],
    [{ CERTGRAPH_HOSTS: '' }, /^CERTGRAPH_HOSTS: /],
    [{ CERTGRAPH_CORS_ORIGINS: '*' }, /^CERTGRAPH_CORS_ORIGINS: .+; expected an origin such as/],
  ])('are reported by name when they are wrong: %j', (wrong, mistake) => {
    expect(mistakesWith(wrong, minimalFile)).toEqual([expect.stringMatching(mistake)])
  })
})

describe('a variable with several entries', () => {
  it.each([
    [{ CERTGRAPH_HOSTS: 'a.example, b/c, d:1' }, ['CERTGRAPH_HOSTS[1]', 'CERTGRAPH_HOSTS[2]']],
    [{ CERTGRAPH_CORS_ORIGINS: 'https://a.example,b' }, ['CERTGRAPH_CORS_ORIGINS[1]']],
    [{ CERTGRAPH_API_KEY_SHA256: `x,${sha256},y` }, ['CERTGRAPH_API_KEY_SHA256[0]', 'CERTGRAPH_API_KEY_SHA256[2]']],
    [{ CERTGRAPH_HOSTS: 'b/c' }, ['CERTGRAPH_HOSTS']],
  ])('has a mistake for each that is wrong, with its index: %j', (env, names) => {
    expect(mistakesWith({ ...shortForm, ...env }).map((mistake) => mistake.split(':')[0])).toEqual(names)
  })

  it('is also one of the short form', () => {
    const akamai = {
      AKAMAI_HOST: 'h.example',
      AKAMAI_CLIENT_TOKEN: 'a',
      AKAMAI_CLIENT_SECRET: 'b',
      AKAMAI_ACCESS_TOKEN: 'c',
      AKAMAI_CONTRACT_IDS: 'C-1,a/b',
    }
    expect(mistakesWith(akamai)).toEqual([expect.stringMatching(/^AKAMAI_CONTRACT_IDS\[1\]: /)])
  })
})

describe('the name of a setting', () => {
  const hosts = ['server', 'hosts']
  const nameWith = (env: Record<string, string>, file?: object) =>
    load(
      { ...env, ...(!file && shortForm) },
      createFolder(file && { 'certgraph.config.yaml': JSON.stringify(file) }),
    ).source.nameOf(hosts)

  it('is that of the file, unless the variable is in force or there is no file', () => {
    expect(nameWith({}, minimalFile)).toBe('server.hosts')
    expect(nameWith({ CERTGRAPH_HOSTS: 'a.example' }, minimalFile)).toBe('CERTGRAPH_HOSTS')
    expect(nameWith({ CERTGRAPH_HOSTS: 'a.example' }, { ...minimalFile, server: { hosts: [] } })).toBe('server.hosts')
    expect(nameWith({})).toBe('CERTGRAPH_HOSTS')
    expect(parseForSandbox(minimalFile).source.nameOf(hosts)).toBe('CERTGRAPH_HOSTS')
  })
})
