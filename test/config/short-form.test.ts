import { describe, expect, it } from '@jest/globals'
import { load, mistakesOf } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const openAI = { OPENAI_ADMIN_KEY: 'sk-admin-1', OPENAI_ORG_ID: 'org_acme' }
const akamai = {
  AKAMAI_HOST: 'akab-1.luna.akamaiapis.net',
  AKAMAI_CLIENT_TOKEN: 'ct-1',
  AKAMAI_CLIENT_SECRET: 'cs-1=',
  AKAMAI_ACCESS_TOKEN: 'at-1',
}
const livePerson = { LIVEPERSON_ACCOUNT_ID: 'le1606809', LIVEPERSON_TOKEN: 'lp-1' }

const read = (env: Record<string, string>) => load(env, createFolder()).providers
const mistakesIn = (env: Record<string, string>) => mistakesOf(() => load(env, createFolder()))

describe('the short form', () => {
  it('configures one OpenAI organization', () => {
    expect(read(openAI)).toEqual({
      openai: expect.objectContaining({
        config: {
          organizations: [
            {
              id: 'org_acme',
              name: null,
              adminKey: 'sk-admin-1',
              baseUrl: 'https://api.openai.com/v1',
              projects: 'discover',
            },
          ],
        },
      }),
    })
    const { openai } = read({ ...openAI, OPENAI_BASE_URL: 'https://eu.api.openai.com/v1/' })
    expect(openai?.config.organizations[0]?.baseUrl).toBe('https://eu.api.openai.com/v1')
  })

  it('configures one Akamai account with discovered contracts', () => {
    expect(read(akamai).akamai?.config.accounts).toEqual([
      {
        id: 'default',
        name: null,
        baseUrl: 'https://akab-1.luna.akamaiapis.net',
        credentials: {
          clientToken: 'ct-1',
          clientSecret: 'cs-1=',
          accessToken: 'at-1',
          maxBody: 131_072,
          headersToSign: [],
        },
        accountSwitchKey: null,
        contracts: 'discover',
      },
    ])
  })

  it('accepts contracts and an account switch key for Akamai', () => {
    const AKAMAI_ACCOUNT_KEY = '1-5C0YLB:1-8BYUX'
    const { akamai: part } = read({ ...akamai, AKAMAI_ACCOUNT_KEY, AKAMAI_CONTRACT_IDS: '1-2ABC, ctr_3' })
    expect(part?.config.accounts[0]).toMatchObject({
      accountSwitchKey: AKAMAI_ACCOUNT_KEY,
      contracts: ['1-2ABC', 'ctr_3'],
    })
  })

  it.each([
    ['https://akab-1.example/', 'https://akab-1.example'],
    ['akab-1.example/', 'https://akab-1.example'],
    ['http://127.0.0.1:9001', 'http://127.0.0.1:9001'],
  ])('accepts AKAMAI_HOST %s', (AKAMAI_HOST, baseUrl) => {
    expect(read({ ...akamai, AKAMAI_HOST }).akamai?.config.accounts[0]?.baseUrl).toBe(baseUrl)
  })

  it('configures one LivePerson account', () => {
    expect(read(livePerson).liveperson?.config).toEqual({
      domainApiUrl: 'https://api.liveperson.net',
      accounts: [{ id: 'le1606809', name: null, baseUrl: null, auth: { token: 'lp-1' } }],
    })
  })

  it('configures all three vendors at once', () => {
    expect(Object.keys(read({ ...openAI, ...akamai, ...livePerson }))).toEqual(['openai', 'akamai', 'liveperson'])
  })

  it('is a mistake when it is incomplete: each missing variable is reported with those that are set', () => {
    expect(mistakesIn({ OPENAI_ORG_ID: 'org_acme', AKAMAI_HOST: 'a', AKAMAI_ACCESS_TOKEN: 'b' })).toEqual([
      'OPENAI_ADMIN_KEY: missing; expected together with OPENAI_ORG_ID',
      'AKAMAI_CLIENT_TOKEN: missing; expected together with AKAMAI_HOST, AKAMAI_ACCESS_TOKEN',
      'AKAMAI_CLIENT_SECRET: missing; expected together with AKAMAI_HOST, AKAMAI_ACCESS_TOKEN',
    ])
    expect(mistakesIn({ LIVEPERSON_TOKEN: 'lp-1' })).toEqual([
      'LIVEPERSON_ACCOUNT_ID: missing; expected together with LIVEPERSON_TOKEN',
    ])
  })

  it('is a mistake when it is incomplete for one vendor and complete for another', () => {
    expect(mistakesIn({ ...openAI, LIVEPERSON_ACCOUNT_ID: 'le1' })).toEqual([
      'LIVEPERSON_TOKEN: missing; expected together with LIVEPERSON_ACCOUNT_ID',
    ])
  })

  it.each([
    [{ ...openAI, OPENAI_ADMIN_KEY: '' }, /^OPENAI_ADMIN_KEY: empty; expected an admin key/],
    [{ ...openAI, OPENAI_BASE_URL: '' }, /^OPENAI_BASE_URL: empty; expected a URL/],
    [{ ...openAI, OPENAI_BASE_URL: 'http://api.openai.com' }, /^OPENAI_BASE_URL: plain http to another machine; /],
    [{ ...openAI, OPENAI_ORG_ID: '../x' }, /^OPENAI_ORG_ID: not valid; expected an organization id/],
    [
      { ...akamai, AKAMAI_HOST: 'http://akab-1.example' },
      /^AKAMAI_HOST: plain http to another machine; expected https/,
    ],
    [{ ...akamai, AKAMAI_HOST: 'akab-1.example/papi' }, /^AKAMAI_HOST: not valid; expected a host name/],
    [{ ...akamai, AKAMAI_CONTRACT_IDS: '' }, /^AKAMAI_CONTRACT_IDS: empty; expected a contract id/],
    [{ ...akamai, AKAMAI_CONTRACT_IDS: '1-2,3 4' }, /^AKAMAI_CONTRACT_IDS\[1\]: not valid; expected a contract id/],
    [{ ...akamai, AKAMAI_CONTRACT_IDS: '1-2,1-2' }, /^AKAMAI_CONTRACT_IDS: has the same contract twice; /],
    [{ ...akamai, AKAMAI_ACCOUNT_KEY: '' }, /^AKAMAI_ACCOUNT_KEY: empty; expected an account switch key/],
    [{ ...livePerson, LIVEPERSON_TOKEN: 'a b' }, /^LIVEPERSON_TOKEN: not valid; expected a token/],
  ])('reports a mistake by the name of the variable: %j', (env, mistake) => {
    expect(mistakesIn(env)).toEqual([expect.stringMatching(mistake)])
  })
})
