import { describe, expect, it } from '@jest/globals'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { providers } from '../../src/providers/list.ts'
import { account, credentials, mistakesOf, organization } from '../config/parts.ts'
import { createManualClock } from '../manual-clock.ts'
import { createTestLog } from '../test-log.ts'
import { digestOf } from './asking.ts'

/** Akamai's accounts are called as one likes: also as LivePerson's is. */
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

async function mistakesIn(access: unknown): Promise<readonly string[]> {
  const config = parseConfig(providers, { ...vendors, access }, { env: {}, cwd: '/', mode: 'live' })
  const surroundings = { clock: createManualClock(), log: createTestLog().log, version: '0.0.0' }
  const apps: ReturnType<typeof createApp>[] = []
  const mistakes = mistakesOf(() => apps.push(createApp(config, surroundings)))
  for (const app of apps) await app.close()
  return mistakes
}

const keyFor = (name: string, places?: readonly string[]) => ({
  name,
  sha256: digestOf(name),
  ...(places && { places }),
})

describe('a place in the list of a key', () => {
  it('may not be two at once: all that are so are named, each at its path', async () => {
    const apiKeys = [
      keyFor('dashboard', ['org_acme', 'le1']),
      keyFor('all'),
      keyFor('other', ['proj_x', 'C-1', 'le1', 'acme']),
    ]
    expect(await mistakesIn({ apiKeys })).toEqual([
      'access.apiKeys[0].places[1]: AkamaiAccount and LivePersonAccount; expected an id of one place',
      'access.apiKeys[2].places[0]: AkamaiContract and OpenAIProject; expected an id of one place',
      'access.apiKeys[2].places[2]: AkamaiAccount and LivePersonAccount; expected an id of one place',
    ])
  })

  it('may be reached in two ways, be configured nowhere, or be nobody’s', async () => {
    const jwt = [{ issuer: 'https://id.example', audience: 'certgraph', jwksUrl: 'https://id.example/keys' }]
    expect(await mistakesIn({ apiKeys: [keyFor('dashboard', ['C-1', 'acme', 'proj_discovered'])] })).toEqual([])
    expect(await mistakesIn({ apiKeys: [keyFor('all')], jwt })).toEqual([])
    expect(await mistakesIn({ jwt })).toEqual([])
    expect(await mistakesIn('public')).toEqual([])
  })
})
