import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { minimalFile, parse } from '../support/config-parts.ts'
import { loadExample } from '../support/documentation.ts'

const text = readFileSync(new URL('../../certgraph.config.example.yaml', import.meta.url), 'utf8')
describe('the example configuration file', () => {
  it('is valid and shows both alternatives of every choice', () => {
    const { openai, akamai, liveperson } = loadExample(text).providers
    expect(openai?.config.organizations.map(({ adminKey }) => adminKey)).toEqual(['value-of-OPENAI_ADMIN_KEY'])
    expect(akamai?.config.accounts.map(({ credentials }) => credentials.clientSecret)).toEqual([
      'cs=',
      'value-of-AKAMAI_CLIENT_SECRET',
    ])
    expect(liveperson?.config.accounts.map(({ auth }) => Object.keys(auth))).toEqual([
      ['token'],
      ['clientId', 'clientSecret'],
    ])
  })

  it('shows the defaults', () => {
    const shown = loadExample(text)
    const standard = parse({
      ...minimalFile,
      akamai: {
        accounts: [{ id: 'a', credentials: { host: 'h', clientToken: 'c', clientSecret: 's', accessToken: 'a' } }],
      },
      liveperson: { accounts: [{ id: 'l', token: 't' }] },
    })
    expect(shown.server).toEqual(standard.server)
    expect(shown.limits).toEqual(standard.limits)
    expect(shown.documents).toEqual(standard.documents)
    expect(shown.federation).toEqual(standard.federation)
    expect(shown.metrics).toEqual(standard.metrics)
    expect(shown.expiry).toEqual(standard.expiry)
    expect(shown.deadline).toEqual(standard.deadline)
    for (const vendor of ['openai', 'akamai', 'liveperson'] as const)
      expect(shown.providers[vendor]?.upstream).toEqual(standard.providers[vendor]?.upstream)
    expect(shown.providers.liveperson?.config.domainApiUrl).toBe(standard.providers.liveperson?.config.domainApiUrl)
    expect(shown.providers.openai?.config.organizations[0]).toMatchObject({
      baseUrl: standard.providers.openai?.config.organizations[0]?.baseUrl,
      projects: 'discover',
    })
  })

  it('shows API keys, issuers of tokens and feeds', () => {
    const [block = ''] = /^# access: .*\n(?:# {2,}.+\n)+/m.exec(text) ?? []
    const { access } = loadExample(text.replace(block, block.replaceAll(/^# /gm, '')), { HOST: '0.0.0.0' }).server
    const standard = parse({
      ...minimalFile,
      access: {
        apiKeys: [{ name: 'dashboard', sha256: '3f0c1e5a7b9d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246' }],
        jwt: [{ issuer: 'https://id.example.com', audience: 'certgraph', jwksUrl: 'https://id.example.com/jwks' }],
      },
    }).server.access
    expect(access).toEqual({
      ...(standard as object),
      apiKeys: [expect.objectContaining({ scopes: ['certificates:read'], places: ['org_example', '1-EXAMPLE'] })],
      feeds: [{ name: 'calendar', sha256: expect.stringMatching(/^[\da-f]{64}$/), places: ['org_example'] }],
    })
  })

  it('shows endpoints of notifications', () => {
    const [block = ''] = /^# notify:\n(?:# {2,}.+\n)+/m.exec(text) ?? []
    const [rules = ''] = /^# owners:\n(?:# {2,}.+\n)+/m.exec(text) ?? []
    const uncommented = (part: string) => part.replaceAll(/^# /gm, '')
    const shown = text
      .replace(/^(notify|owners): \[\].*\n/gm, '')
      .replace(block, uncommented(block))
      .replace(rules, uncommented(rules))
    expect(loadExample(shown).notify).toEqual([
      expect.objectContaining({ label: 'on-call', owners: ['storefront'], minStatus: 'WARNING', allowPrivate: false }),
      expect.objectContaining({ label: 'notify[1]', format: 'slack', secrets: [], kinds: null }),
    ])
  })

  it('explains how to give other machines access', () => {
    expect(() => loadExample(text, { HOST: '0.0.0.0' })).toThrow('access: public')
    expect(loadExample(text.replace('# access: public', 'access: public'), { HOST: '0.0.0.0' }).server.access).toBe(
      'public',
    )
  })
})
