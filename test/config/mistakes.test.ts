import { describe, expect, it } from '@jest/globals'
import { ConfigError } from '../../src/config/mistakes.ts'
import {
  credentials,
  load,
  minimalFile,
  mistakesOf,
  parse,
  vendorKeys,
  withoutPosition,
} from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const flawed = {
  sever: { hosts: [] },
  access: 'everybody',
  expiry: { critical: '60d' },
  upstream: { ttl: 60 },
  openai: {
    organizations: [
      { id: 'org_acme', adminKye: 'sk-secret-1' },
      { id: 'org_acme', adminKey: 'sk-secret-2', baseUrl: 'http://sk-secret-3.example' },
    ],
  },
  akamai: {
    accounts: [
      { id: 'a', credentials: { ...credentials, clientSecret: 'cs secret 4' }, contracts: 'sk-secret-5' },
      { id: 'a', credentials, edgerc: { section: 'x', password: 'sk-secret-6' } },
      { id: 'b', credentials, accountSwitchKey: 'sk secret 7' },
    ],
  },
  liveperson: {
    domainApiUrl: 'https://user:sk-secret-8@api.example',
    accounts: [
      { id: 'le1', token: { 'sk-secret-9': 1 } },
      { id: 'sk secret 10', 'sk-secret-11': 'x' },
    ],
  },
}

describe('mistakes', () => {
  it('are reported all at once', () => {
    const env = { PORT: 'x', LOG_LEVEL: 'loud', HOME: createFolder() }
    const folder = createFolder({ 'certgraph.config.yaml': JSON.stringify(flawed) })
    const told = mistakesOf(() => load(env, folder)).map((mistake) => withoutPosition(mistake).replace(/: .*/, ''))
    expect([...told].sort()).toEqual([
      'LOG_LEVEL',
      'PORT',
      'access',
      'akamai.accounts[0].contracts',
      'akamai.accounts[0].credentials.clientSecret',
      'akamai.accounts[1]',
      'akamai.accounts[1].edgerc.password',
      'akamai.accounts[1].edgerc.path',
      'akamai.accounts[1].id',
      'akamai.accounts[2].accountSwitchKey',
      'expiry.critical',
      'liveperson.accounts[0].token',
      'liveperson.accounts[1]',
      'liveperson.accounts[1].(name not shown)',
      'liveperson.accounts[1].id',
      'liveperson.domainApiUrl',
      'openai.organizations[0].adminKey',
      'openai.organizations[0].adminKye',
      'openai.organizations[1].baseUrl',
      'openai.organizations[1].id',
      'sever',
      'upstream.ttl',
    ])
  })

  it('say what was wrong and what would be right, without the value', () => {
    const mistakes = mistakesOf(() => parse(flawed))
    for (const mistake of mistakes) expect(mistake).toMatch(/^[\w.[\]()\s]+: .+; (expected|known are) .+/)
    expect(mistakes.join('\n')).not.toMatch(/secret[- ]\d/)
  })

  it('are the message of one error', () => {
    const read = () => parse({ ...minimalFile, foo: 1, bar: 2 })
    const known = `unknown; expected one of server, access, expiry, owners, upstream, redis, state, writes, limits, documents, federation, metrics, notify, ${vendorKeys}`
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(`foo: ${known}\nbar: ${known}`)
    expect(mistakesOf(read)).toEqual([`foo: ${known}`, `bar: ${known}`])
  })

  it.each(['server', 'expiry', 'upstream', 'limits', 'documents', 'openai', 'akamai', 'liveperson'])(
    'include an empty "%s:"',
    (key) => {
      expect(mistakesOf(() => parse({ ...minimalFile, [key]: null }))).toEqual([
        expect.stringMatching(new RegExp(`^${key}: empty; expected a mapping with `)),
      ])
    },
  )
})
