import { describe, expect, it } from '@jest/globals'
import { account, credentials, mistakesOf, organization, parse } from '../support/config-parts.ts'

const withOpenAI = (...organizations: unknown[]) => ({ openai: { organizations } })
const withAkamai = (...accounts: unknown[]) => ({ akamai: { accounts } })
const withLivePerson = (...accounts: unknown[]) => ({ liveperson: { accounts } })

describe('openai', () => {
  it('has organizations', () => {
    const file = withOpenAI(
      { ...organization, name: 'Acme', baseUrl: 'https://gateway.example/openai/v1/', projects: ['proj_1', 'proj_2'] },
      { id: 'org_b', adminKey: 'sk-admin-2', projects: [] },
    )
    expect(parse(file).providers.openai?.config).toEqual({
      organizations: [
        {
          id: 'org_acme',
          name: 'Acme',
          adminKey: 'sk-admin-1',
          baseUrl: 'https://gateway.example/openai/v1',
          projects: ['proj_1', 'proj_2'],
        },
        { id: 'org_b', name: null, adminKey: 'sk-admin-2', baseUrl: 'https://api.openai.com/v1', projects: [] },
      ],
    })
  })

  it('has each organization once', () => {
    const file = withOpenAI(organization, { id: 'org_b', adminKey: 'sk' }, { ...organization, adminKey: 'sk-other' })
    expect(mistakesOf(() => parse(file))).toEqual([
      'openai.organizations[2].id: the same organization as openai.organizations[0].id; expected each once',
    ])
  })

  it.each([[], undefined, null, {}])('needs at least one organization: %j has none', (organizations) => {
    expect(mistakesOf(() => parse({ openai: { organizations } }))).toEqual([
      expect.stringMatching(/^openai\.organizations: .+; expected a list of organizations( with at least one entry)?$/),
    ])
  })

  it.each(['', '..', 'a/b', 'a b', 'a%2fb', 'é', 'a'.repeat(129), 12])(
    'does not accept the organization or project %j',
    (id) => {
      expect(mistakesOf(() => parse(withOpenAI({ ...organization, id })))).toEqual([
        expect.stringMatching(/^openai\.organizations\[0\]\.id: .+; expected an organization id: 1 to 128 characters/),
      ])
      expect(mistakesOf(() => parse(withOpenAI({ ...organization, projects: ['proj_1', id] })))).toEqual([
        expect.stringMatching(/^openai\.organizations\[0\]\.projects(\[1\])?: /),
      ])
    },
  )

  it('accepts ids of 128 characters', () => {
    const id = `${'aZ09_-'.repeat(21)}xy`
    expect(parse(withOpenAI({ ...organization, id })).providers.openai?.config.organizations[0]?.id).toBe(id)
  })
})

describe('akamai', () => {
  it('has accounts with credentials', () => {
    const file = withAkamai({
      id: 'acme',
      name: 'Acme CDN',
      credentials,
      baseUrl: 'http://127.0.0.1:9001/',
      accountSwitchKey: '1-5C0YLB:1-8BYUX',
      contracts: ['1-2ABC'],
    })
    expect(parse(file).providers.akamai?.config).toEqual({
      accounts: [
        {
          id: 'acme',
          name: 'Acme CDN',
          baseUrl: 'http://127.0.0.1:9001',
          credentials: {
            clientToken: 'ct-1',
            clientSecret: 'cs-1',
            accessToken: 'at-1',
            maxBody: 131_072,
            headersToSign: [],
          },
          accountSwitchKey: '1-5C0YLB:1-8BYUX',
          contracts: ['1-2ABC'],
        },
      ],
    })
  })

  it.each(['all', 7, [], null, [7], { discover: true }])('does not accept %j as contracts', (contracts) => {
    expect(mistakesOf(() => parse(withAkamai({ id: 'acme', credentials, contracts })))).toEqual([
      expect.stringMatching(/^akamai\.accounts\[0\]\.contracts: .+; expected "discover" or a list of contract ids$/),
    ])
  })

  it('has either edgerc or credentials', () => {
    expect(mistakesOf(() => parse(withAkamai({ id: 'a' })))).toEqual([
      'akamai.accounts[0]: has neither edgerc nor credentials; expected one of them',
    ])
    expect(mistakesOf(() => parse(withAkamai({ id: 'a', credentials, edgerc: { path: '/nowhere' } })))).toEqual([
      'akamai.accounts[0].edgerc.path: /nowhere cannot be read (ENOENT); expected a readable file',
      'akamai.accounts[0]: has both edgerc and credentials; expected one of them',
    ])
  })

  it('has each account id once', () => {
    const file = withAkamai({ id: 'a', credentials }, { id: 'a', credentials: { ...credentials, clientToken: 'ct-2' } })
    expect(mistakesOf(() => parse(file))).toEqual([
      'akamai.accounts[1].id: the same account id as akamai.accounts[0].id; expected each once',
    ])
  })

  it('has each credential once with the same switch key, in any spelling of its host', () => {
    const again = { ...credentials, host: 'https://AKAB-1.example/', clientSecret: 'cs-2' }
    const file = withAkamai(
      { id: 'a', credentials },
      { id: 'b', credentials: again, baseUrl: 'https://proxy.example' },
      { id: 'c', credentials, accountSwitchKey: '1-A' },
      { id: 'd', credentials: again, accountSwitchKey: '1-A' },
    )
    expect(mistakesOf(() => parse(file))).toEqual([
      'akamai.accounts[1]: the same credential with the same account switch key as akamai.accounts[0]; expected each once',
      'akamai.accounts[3]: the same credential with the same account switch key as akamai.accounts[2]; expected each once',
    ])
  })

  it.each([{ host: 'akab-2.example' }, { clientToken: 'ct-2' }, { accessToken: 'at-2' }])(
    'may have credentials that differ in %j',
    (difference) => {
      const file = withAkamai({ id: 'a', credentials }, { id: 'b', credentials: { ...credentials, ...difference } })
      expect(parse(file).providers.akamai?.config.accounts).toHaveLength(2)
    },
  )

  it.each(['', '1-A/..', '1-A B', 'x'.repeat(129)])('does not accept the switch key "%s"', (accountSwitchKey) => {
    expect(mistakesOf(() => parse(withAkamai({ id: 'a', credentials, accountSwitchKey })))).toEqual([
      expect.stringMatching(/^akamai\.accounts\[0\]\.accountSwitchKey: .+; expected an account switch key: 1 to 128/),
    ])
  })
})

describe('liveperson', () => {
  it('has accounts with a token or client credentials', () => {
    const client = { clientId: 'lp-client', clientSecret: 'lp-secret' }
    const file = withLivePerson(account, {
      id: 'le2',
      name: 'Chat',
      credentials: client,
      baseUrl: 'https://m.example/',
    })
    expect(parse(file).providers.liveperson?.config).toEqual({
      domainApiUrl: 'https://api.liveperson.net',
      accounts: [
        { id: 'le1', name: null, baseUrl: null, auth: { token: 'lp-token-1' } },
        { id: 'le2', name: 'Chat', baseUrl: 'https://m.example', auth: client },
      ],
    })
  })

  it('has either token or credentials', () => {
    const file = withLivePerson({ id: 'a' }, { id: 'b', token: 't', credentials: { clientId: 'c', clientSecret: 's' } })
    expect(mistakesOf(() => parse(file))).toEqual([
      'liveperson.accounts[0]: has neither token nor credentials; expected one of them',
      'liveperson.accounts[1]: has both token and credentials; expected one of them',
    ])
  })

  it('has each site once', () => {
    expect(mistakesOf(() => parse(withLivePerson(account, { ...account, token: 'lp-token-2' })))).toEqual([
      'liveperson.accounts[1].id: the same account (site) as liveperson.accounts[0].id; expected each once',
    ])
  })

  it('expects quotes around an id of digits, which YAML reads as a number', () => {
    expect(mistakesOf(() => parse(withLivePerson({ id: 12_345_678, token: 't' })))).toEqual([
      expect.stringMatching(/^liveperson\.accounts\[0\]\.id: found a number; .+ quoted if it has only digits$/),
    ])
  })
})

describe('secrets', () => {
  it('are collected for redaction', () => {
    const { secrets } = parse({
      ...withOpenAI(organization),
      ...withAkamai({ id: 'a', credentials }),
      ...withLivePerson(account, { id: 'le2', credentials: { clientId: 'public', clientSecret: 'lp-secret' } }),
    })
    expect(secrets).toEqual(['sk-admin-1', 'ct-1', 'cs-1', 'at-1', 'lp-token-1', 'lp-secret'])
  })

  it.each(['', ' ', 'sk 1', 'sk\n', 'sk\t1', 'ключ', 7, null, ['sk']])('cannot be %j', (adminKey) => {
    expect(mistakesOf(() => parse(withOpenAI({ ...organization, adminKey })))).toEqual([
      expect.stringMatching(/^openai\.organizations\[0\]\.adminKey: .+; expected an admin key of visible ASCII/),
    ])
  })
})
