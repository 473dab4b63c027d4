import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { load, minimalFile, mistakesOf, parseForSandbox, vendorKeys } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const file = JSON.stringify(minimalFile)
const shortForm = { OPENAI_ADMIN_KEY: 'sk-admin-1', OPENAI_ORG_ID: 'org_acme' }

describe('the sandbox', () => {
  it('starts when nothing is configured', () => {
    const config = load({}, createFolder())
    expect(config.mode).toBe('sandbox')
    expect(config.providers).toEqual({})
  })

  it.each(['OPENAI_BASE_URL', 'AKAMAI_ACCOUNT_KEY', 'AKAMAI_CONTRACT_IDS', 'LIVEPERSON_TOKEN'])(
    'does not start when %s is set, even if it is empty',
    (name) => {
      expect(mistakesOf(() => load({ [name]: '' }, createFolder()))).toContainEqual(expect.stringContaining(name))
    },
  )

  it.each([{ NODE_ENV: 'production' }, { HOST: '0.0.0.0' }, { HOST: '192.0.2.1' }])(
    'does not start with %j: then a configuration is required',
    (env) => {
      const folder = createFolder()
      const mistakes = mistakesOf(() => load(env, folder))
      expect(mistakes).toContainEqual(
        expect.stringMatching(/^configuration: nothing is configured; expected .*CERTGRAPH_CONFIG/),
      )
      expect(mistakes).toContainEqual(expect.stringContaining(join(folder, 'certgraph.config.yaml')))
    },
  )

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LOCALHOST'])('starts on the loopback address %s', (HOST) => {
    expect(load({ HOST }, createFolder()).mode).toBe('sandbox')
  })

  it('is forced by CERTGRAPH_MODE, with any files, credentials and environment', () => {
    const folder = createFolder({ 'certgraph.config.yaml': 'not: [valid' })
    const env = { CERTGRAPH_MODE: 'sandbox', CERTGRAPH_CONFIG: '/nowhere', NODE_ENV: 'production', ...shortForm }
    const config = load(env, folder)
    expect(config.mode).toBe('sandbox')
    expect(config.providers).toEqual({})
    expect(config.secrets).toEqual([])
  })

  it.each(['0.0.0.0', 'certgraph.internal', '127.1', '::'])(
    'accepts HOST %s only when it is forced and access is stated',
    (HOST) => {
      const forced = { CERTGRAPH_MODE: 'sandbox', HOST }
      const mistake =
        'HOST: reachable from other machines; expected CERTGRAPH_ACCESS=public or CERTGRAPH_API_KEY_SHA256 in the environment, or the host 127.0.0.1'
      expect(mistakesOf(() => load(forced, createFolder()))).toEqual([mistake])
      expect(mistakesOf(() => parseForSandbox(minimalFile, forced))).toEqual([mistake])
      const stated = { ...forced, CERTGRAPH_ACCESS: 'public' }
      expect(load(stated, createFolder()).mode).toBe('sandbox')
      const { server } = parseForSandbox(minimalFile, stated)
      expect(server).toMatchObject({ host: HOST, access: 'public', introspection: true, graphiql: true })
      expect(mistakesOf(() => load({ HOST, CERTGRAPH_ACCESS: 'public' }, createFolder()))).toEqual([
        expect.stringContaining('nothing is configured'),
      ])
    },
  )

  it('checks the configuration of the emulators like a file', () => {
    const baseUrl = 'http://127.0.0.1:9001/v1'
    const config = parseForSandbox({ openai: { organizations: [{ id: 'org_a', adminKey: 'k', baseUrl }] } })
    expect(config.mode).toBe('sandbox')
    expect(config.providers.openai?.config.organizations[0]?.baseUrl).toBe(baseUrl)
    expect(mistakesOf(() => parseForSandbox({}))).toEqual([
      `configuration: has no place; expected at least one of ${vendorKeys}`,
    ])
  })

  it.each(['live', 'Sandbox', ''])('is the only value of CERTGRAPH_MODE: "%s" is a mistake', (CERTGRAPH_MODE) => {
    expect(mistakesOf(() => load({ CERTGRAPH_MODE }, createFolder()))).toEqual([
      expect.stringMatching(/^CERTGRAPH_MODE: (not valid|empty); expected sandbox, or no such variable$/),
    ])
  })
})

describe('the configuration file', () => {
  it('is certgraph.config.yaml in the working directory by default', () => {
    const config = load({}, createFolder({ 'certgraph.config.yaml': file }))
    expect(config.mode).toBe('live')
    expect(config.providers.openai?.config.organizations[0]?.id).toBe('org_acme')
  })

  it('is the one of CERTGRAPH_CONFIG, relative to the working directory, in place of the default one', () => {
    const folder = createFolder({ 'certgraph.config.yaml': 'not: [valid', 'etc/other.json': file })
    expect(load({ CERTGRAPH_CONFIG: 'etc/other.json' }, folder).mode).toBe('live')
    expect(load({ CERTGRAPH_CONFIG: join(folder, 'etc/other.json') }, '/').mode).toBe('live')
  })

  it('takes precedence over the short form, whose variables are reported', () => {
    const folder = createFolder({ 'certgraph.config.yaml': file })
    const config = load({ ...shortForm, OPENAI_ORG_ID: 'org_other', LIVEPERSON_TOKEN: 'half' }, folder)
    expect(config.providers.openai?.config.organizations.map(({ id }) => id)).toEqual(['org_acme'])
    expect(config.providers.liveperson).toBeUndefined()
    expect(config.source.ignoredVariables).toEqual(['OPENAI_ORG_ID', 'OPENAI_ADMIN_KEY', 'LIVEPERSON_TOKEN'])
    expect(config.source.file).toBe(join(folder, 'certgraph.config.yaml'))
  })

  it('must be readable when CERTGRAPH_CONFIG names it', () => {
    const folder = createFolder()
    expect(mistakesOf(() => load({ CERTGRAPH_CONFIG: 'gone.yaml' }, folder))).toEqual([
      `CERTGRAPH_CONFIG: ${folder}/gone.yaml cannot be read (ENOENT); expected a readable file`,
    ])
    expect(mistakesOf(() => load({ CERTGRAPH_CONFIG: '.' }, folder))).toEqual([
      `CERTGRAPH_CONFIG: ${folder} cannot be read (EISDIR); expected a readable file`,
    ])
    expect(mistakesOf(() => load({ CERTGRAPH_CONFIG: '' }, folder))).toEqual([
      'CERTGRAPH_CONFIG: empty; expected the path of the configuration file',
    ])
  })

  it('must be readable when it exists: the sandbox does not start in its place', () => {
    const withFolder = createFolder()
    mkdirSync(join(withFolder, 'certgraph.config.yaml'))
    const withLink = createFolder()
    symlinkSync('nowhere', join(withLink, 'certgraph.config.yaml'))
    for (const folder of [withFolder, withLink])
      expect(mistakesOf(() => load({}, folder))).toEqual([
        expect.stringMatching(/^certgraph\.config\.yaml: .* cannot be read \((EISDIR|ENOENT)\)/),
      ])
  })

  it.each(['', 'null', '{}', '# nothing yet', 'expiry: { critical: 1d }'])('must have a place: %j has none', (text) => {
    const folder = createFolder({ 'certgraph.config.yaml': text })
    expect(mistakesOf(() => load({}, folder))).toEqual([
      `certgraph.config.yaml: configuration: has no place; expected at least one of ${vendorKeys}`,
    ])
    expect(mistakesOf(() => load(shortForm, folder))).toEqual([
      `certgraph.config.yaml: configuration: has no place; expected at least one of ${vendorKeys}; the file is used in place of OPENAI_ORG_ID, OPENAI_ADMIN_KEY`,
    ])
  })
})

describe('the environment', () => {
  it('has defaults', () => {
    const { server } = load({}, createFolder())
    expect(server).toEqual({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: null,
      drainDelay: 0,
      hosts: [],
      logLevel: 'info',
      logFormat: 'json',
      access: 'public',
      cors: { origins: [] },
      answers: { storeFor: 1_000 },
      introspection: true,
      graphiql: true,
    })
  })

  it('sets HOST, PORT, LOG_LEVEL and LOG_FORMAT', () => {
    const { server } = load({ HOST: '::1', PORT: '0', LOG_LEVEL: 'silent', LOG_FORMAT: 'pretty' }, createFolder())
    expect(server).toMatchObject({ host: '::1', port: 0, logLevel: 'silent', logFormat: 'pretty' })
  })

  it.each(['', '-1', '65536', '4000.5', '4e3', 'http', ' 4000', '0x10', '000001'])(
    'does not accept PORT "%s"',
    (PORT) => {
      expect(mistakesOf(() => load({ PORT }, createFolder()))).toEqual([
        expect.stringMatching(/^PORT: (empty|not valid); expected a port from 0 to 65535/),
      ])
    },
  )

  it('accepts the highest port', () => {
    expect(load({ PORT: '65535' }, createFolder()).server.port).toBe(65_535)
  })

  it.each(['', 'http://localhost', 'localhost:4000', 'a b', '[::1]', '-x'])('does not accept HOST "%s"', (HOST) => {
    expect(mistakesOf(() => load({ HOST }, createFolder()))).toEqual([
      expect.stringMatching(/^HOST: (empty|not valid); expected an IP address or a host name/),
    ])
  })

  it.each(['', 'verbose', 'INFO'])('does not accept LOG_LEVEL "%s" and names the levels', (LOG_LEVEL) => {
    expect(mistakesOf(() => load({ LOG_LEVEL }, createFolder()))).toEqual([
      expect.stringMatching(/^LOG_LEVEL: .*; expected one of trace, debug, info, warn, error, fatal, silent$/),
    ])
  })

  it.each(['', 'text', 'PRETTY'])('does not accept LOG_FORMAT "%s" and names the formats', (LOG_FORMAT) => {
    expect(mistakesOf(() => load({ LOG_FORMAT }, createFolder()))).toEqual([
      expect.stringMatching(/^LOG_FORMAT: .*; expected one of json, pretty$/),
    ])
  })
})
