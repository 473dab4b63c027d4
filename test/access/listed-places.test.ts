import { describe, expect, it } from '@jest/globals'
import { createApp } from '../../src/app.ts'
import { ConfigError } from '../../src/config/mistakes.ts'
import { parseConfig } from '../../src/config.ts'
import { providers } from '../../src/providers/list.ts'
import { digestOf } from '../support/callers.ts'
import { account, credentials, organization } from '../support/config-parts.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestLog } from '../support/test-log.ts'

/** The ids of Akamai accounts are chosen freely, so one can equal the id of a LivePerson account. */
const vendors = {
  openai: { organizations: [{ ...organization, projects: ['proj_x'] }] },
  akamai: {
    accounts: [
      { id: account.id, credentials, contracts: ['C-1'] },
      { id: 'acme', credentials: { ...credentials, clientToken: 'ct-2' }, contracts: ['C-1', 'proj_x'] },
    ],
  },
  liveperson: { accounts: [account] },
}

async function mistakesIn(access: unknown, configured: object = vendors): Promise<readonly string[]> {
  const config = parseConfig(providers, { ...configured, access }, { env: {}, cwd: '/', mode: 'live' })
  const surroundings = { clock: createManualClock(), log: createTestLog().log, version: '0.0.0' }
  try {
    const app = await createApp(config, surroundings)
    await app.close()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

const keyFor = (name: string, places?: readonly string[]) => ({
  name,
  sha256: digestOf(name),
  ...(places && { places }),
})

describe('the places of an API key', () => {
  it('may not be ambiguous: each ambiguous id is reported with its path', async () => {
    const apiKeys = [
      keyFor('dashboard', ['org_acme', 'le1']),
      keyFor('all'),
      keyFor('other', ['proj_x', 'C-1', 'le1', 'acme']),
    ]
    expect(await mistakesIn({ apiKeys })).toEqual([
      'access.apiKeys[0].places[1]: the id of AkamaiAccount and LivePersonAccount; expected the id of one place',
      'access.apiKeys[2].places[0]: the id of AkamaiContract and OpenAIProject; expected the id of one place',
      'access.apiKeys[2].places[2]: the id of AkamaiAccount and LivePersonAccount; expected the id of one place',
    ])
  })

  it('may not be ambiguous for a feed', async () => {
    const feeds = [keyFor('calendar', ['org_acme', 'le1'])]
    expect(await mistakesIn({ apiKeys: [keyFor('all')], feeds })).toEqual([
      'access.feeds[0].places[1]: the id of AkamaiAccount and LivePersonAccount; expected the id of one place',
    ])
  })

  it('may be reached in two ways, may not be configured, and may be left out', async () => {
    expect(await mistakesIn({ apiKeys: [keyFor('dashboard', ['C-1', 'acme', 'proj_discovered'])] })).toEqual([])
    expect(await mistakesIn({ apiKeys: [keyFor('all')] })).toEqual([])
    expect(await mistakesIn('public')).toEqual([])
  })
})

describe('the places of tokens', () => {
  const jwt = [{ issuer: 'https://id.example', audience: 'certgraph', jwksUrl: 'https://id.example/keys' }]
  const shared = (id: string, kinds: string) =>
    `access.jwt: ${id} is the id of ${kinds}, and tokens list places by id; expected distinct ids: ` +
    'rename the place whose id you have chosen, or configure only one of these places'
  const both = [
    shared('proj_x', 'AkamaiContract and OpenAIProject'),
    shared('le1', 'AkamaiAccount and LivePersonAccount'),
  ]

  it('may not be ambiguous, whether a key lists them or not', async () => {
    expect(await mistakesIn({ jwt })).toEqual(both)
    expect(await mistakesIn({ apiKeys: [keyFor('all'), keyFor('one', ['le1'])], jwt })).toEqual([
      'access.apiKeys[1].places[0]: the id of AkamaiAccount and LivePersonAccount; expected the id of one place',
      ...both,
    ])
  })

  it('may be reached in two ways', async () => {
    const [first, second] = vendors.akamai.accounts
    const accounts = [
      { ...first, id: 'main' },
      { ...second, contracts: ['C-1'] },
    ]
    expect(await mistakesIn({ jwt }, { ...vendors, akamai: { accounts } })).toEqual([])
  })
})
