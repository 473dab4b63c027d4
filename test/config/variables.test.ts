import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ReadFiles } from '../../src/config/read-files.ts'
import { loadConfig } from '../../src/config.ts'
import { providers } from '../../src/providers/list.ts'
import { load, mistakesOf } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const id = { OPENAI_ORG_ID: 'org_acme' }
const keyOf = (config: ReturnType<typeof load>) => config.providers.openai?.config.organizations[0]?.adminKey
const file = JSON.stringify({ openai: { organizations: [{ id: 'org_acme', adminKey: `\${ADMIN_KEY}` }] } })

describe('a variable with the suffix _FILE', () => {
  it.each(['sk-1', 'sk-1\n', 'sk-1\r\n', 'sk-1\n\n'])(
    'names the file with a secret, without line breaks at its end: %j',
    (text) => {
      const folder = createFolder({ 'secrets/key': text })
      const config = load({ ...id, OPENAI_ADMIN_KEY_FILE: 'secrets/key' }, folder)
      expect(keyOf(config)).toBe('sk-1')
      expect(config.secrets).toEqual(['sk-1'])
      expect(keyOf(load({ ...id, OPENAI_ADMIN_KEY_FILE: join(folder, 'secrets/key') }, createFolder()))).toBe('sk-1')
    },
  )

  it('is accepted for every secret of the short form', () => {
    const folder = createFolder({ ct: 'ct-1\n', cs: 'cs-1\n', at: 'at-1\n', lp: 'lp-1\n' })
    const { providers } = load(
      {
        AKAMAI_HOST: 'akab-1.luna.akamaiapis.net',
        AKAMAI_CLIENT_TOKEN_FILE: 'ct',
        AKAMAI_CLIENT_SECRET_FILE: 'cs',
        AKAMAI_ACCESS_TOKEN_FILE: 'at',
        LIVEPERSON_ACCOUNT_ID: 'le1',
        LIVEPERSON_TOKEN_FILE: 'lp',
      },
      folder,
    )
    expect(providers.akamai?.config.accounts[0]?.credentials).toMatchObject({
      clientToken: 'ct-1',
      clientSecret: 'cs-1',
      accessToken: 'at-1',
    })
    expect(providers.liveperson?.config.accounts[0]?.auth).toEqual({ token: 'lp-1' })
  })

  it('gives the value of a reference in the file', () => {
    const folder = createFolder({ 'certgraph.config.yaml': file, key: 'sk-2\n' })
    expect(keyOf(load({ ADMIN_KEY_FILE: 'key' }, folder))).toBe('sk-2')
  })

  it('is a mistake beside the variable itself', () => {
    const folder = createFolder({ key: 'sk-1' })
    const env = { ...id, OPENAI_ADMIN_KEY: 'sk-2', OPENAI_ADMIN_KEY_FILE: 'key' }
    expect(mistakesOf(() => load(env, folder))).toEqual([
      'OPENAI_ADMIN_KEY_FILE: set together with OPENAI_ADMIN_KEY; expected one of them',
    ])
    const withFile = createFolder({ 'certgraph.config.yaml': file, key: 'sk-2\n' })
    expect(mistakesOf(() => load({ ADMIN_KEY: 'sk-1', ADMIN_KEY_FILE: 'key' }, withFile))).toEqual([
      expect.stringMatching(
        /^certgraph\.config\.yaml, line 1, column \d+: openai\.organizations\[0\]\.adminKey: the environment variable ADMIN_KEY_FILE has a mistake: set together with ADMIN_KEY; expected one of them$/,
      ),
    ])
  })

  it.each([
    ['gone', /^OPENAI_ADMIN_KEY_FILE: .+\/gone cannot be read \(ENOENT\); expected a readable file$/],
    ['.', /^OPENAI_ADMIN_KEY_FILE: .+ cannot be read \(EISDIR\); expected a readable file$/],
    ['', /^OPENAI_ADMIN_KEY_FILE: empty; expected the path of a file with the value$/],
    ['blank', /^OPENAI_ADMIN_KEY_FILE: empty; expected an admin key/],
    ['broken', /^OPENAI_ADMIN_KEY_FILE: not valid; expected an admin key/],
  ])('is reported by its name when its file has no valid value: "%s"', (path, mistake) => {
    const folder = createFolder({ blank: '\n', broken: 'sk-secret\nsk-secret' })
    const mistakes = mistakesOf(() => load({ ...id, OPENAI_ADMIN_KEY_FILE: path }, folder))
    expect(mistakes).toEqual([expect.stringMatching(mistake)])
    expect(mistakes.join()).not.toContain('sk-secret')
  })

  it('counts as configured: the sandbox does not start', () => {
    expect(mistakesOf(() => load({ OPENAI_ADMIN_KEY_FILE: 'gone' }, createFolder()))).toContain(
      'OPENAI_ORG_ID: missing; expected together with OPENAI_ADMIN_KEY_FILE',
    )
  })

  it('is recorded with the version of its file', () => {
    const folder = createFolder({ 'certgraph.config.yaml': file, key: 'sk-2\n' })
    const files = new ReadFiles()
    loadConfig(providers, { env: { ADMIN_KEY_FILE: 'key' }, cwd: folder, files })
    expect([...files.versions.keys()]).toEqual([join(folder, 'certgraph.config.yaml'), join(folder, 'key')])
  })
})

describe('variables that are not used because of the file', () => {
  it('are those that it does not refer to', () => {
    const folder = createFolder({ 'certgraph.config.yaml': file.replace('ADMIN_KEY', 'OPENAI_ADMIN_KEY'), lp: 'lp-1' })
    const { source } = load({ OPENAI_ADMIN_KEY: 'sk-1', ...id, LIVEPERSON_TOKEN_FILE: 'lp' }, folder)
    expect(source.ignoredVariables).toEqual(['OPENAI_ORG_ID', 'LIVEPERSON_TOKEN_FILE'])
  })

  it('are none without a file', () => {
    expect(load({ ...id, OPENAI_ADMIN_KEY: 'sk-1' }, createFolder()).source).toMatchObject({
      file: null,
      ignoredVariables: [],
    })
  })
})
