import { describe, expect, it } from '@jest/globals'
import { createApp } from '../../src/app.ts'
import { ConfigError } from '../../src/config/mistakes.ts'
import { loadConfig } from '../../src/config.ts'
import { findPlaceMistakes } from '../../src/place-mistakes.ts'
import { providers } from '../../src/providers/list.ts'
import { load, mistakesOf } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestLog } from '../support/test-log.ts'

const vendors = `openai:
  organizations: [{ id: org_acme, adminKey: k-1, projects: [proj_a] }]
akamai:
  accounts:
    - id: le1
      credentials: { host: akab-h.luna.akamaiapis.net, clientToken: t, clientSecret: s, accessToken: a }
      contracts: [C-1]
liveperson:
  accounts: [{ id: le1, token: t-1 }]
`

/** The mistakes that are found when the program is assembled. */
async function mistakesIn(more: string, files: Record<string, string> = {}): Promise<readonly string[]> {
  const config = load({}, createFolder({ ...files, 'certgraph.config.yaml': `${vendors}${more}` }))
  try {
    const app = await createApp(config, { clock: createManualClock(), log: createTestLog().log, version: '0.0.0' })
    await app.close()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

describe('a mistake that is found after the file was parsed has its line and column:', () => {
  it('a place of an owner', async () => {
    const owners = `owners:
  - match: { places: [org_acme, C-OTHER] }
    owner: web
  - match:
      provider: AKAMAI
      places:
        - C-1
        - org_acme
        - T3BlbkFJUHJvamVjdDpvcmdfYWNtZTpwcm9qX2E=
    owner: shop
`
    expect(await mistakesIn(owners)).toEqual([
      expect.stringMatching(
        /^certgraph\.config\.yaml, line 11, column 33: owners\[0\]\.match\.places\[1\]: is neither/,
      ),
      expect.stringMatching(
        /^certgraph\.config\.yaml, line 17, column 11: owners\[1\]\.match\.places\[1\]: is a place of another vendor/,
      ),
      expect.stringMatching(
        /^certgraph\.config\.yaml, line 18, column 11: owners\[1\]\.match\.places\[2\]: is a place/,
      ),
    ])
  })

  it('a place of an API key', async () => {
    const access = `access:\n  apiKeys:\n    - { name: a, sha256: "${'0'.repeat(64)}", places: [C-1, le1] }\n`
    expect(await mistakesIn(access)).toEqual([
      expect.stringMatching(
        /^certgraph\.config\.yaml, line 12, column \d+: access\.apiKeys\[0\]\.places\[1\]: the id of Akamai/,
      ),
    ])
  })

  it('the file of a trusted document', async () => {
    const documents = 'documents:\n  mode: allow\n  file: manifest.json\n'
    expect(await mistakesIn(documents, { 'manifest.json': '{"abc":"{ nothing }"}' })).toEqual([
      expect.stringMatching(/^certgraph\.config\.yaml, line 12, column 9: documents\.file, "abc": Cannot query field/),
    ])
  })
})

describe('together with mistakes of the parser', () => {
  const mistakesOfAll = (text: string) =>
    mistakesOf(() =>
      loadConfig(providers, { env: {}, cwd: createFolder({ 'certgraph.config.yaml': text }) }, findPlaceMistakes),
    )
  const owners = `owners:
  - match: { places: [C-OTHER] }
    owner: web
  - match: { names: [] }
    owner: none
  - match: {}
    owner: rest
  - match: { provider: LIVEPERSON, places: [org_acme] }
    owner: shop
`

  it('unknown places are reported, also in rules that never apply, and without a program', () => {
    expect(mistakesOfAll(`${vendors}${owners}expiry: { critical: soon }\n`)).toEqual([
      expect.stringContaining('line 19, column 21: expiry.critical: not valid'),
      expect.stringContaining('line 13, column 21: owners[1].match.names: empty'),
      expect.stringContaining('line 17, column 5: owners[3]: never applies: owners[2] matches every certificate'),
      expect.stringContaining('line 11, column 23: owners[0].match.places[0]: is neither configured nor discovered'),
      expect.stringContaining('line 17, column 45: owners[3].match.places[0]: is a place of another vendor'),
    ])
  })

  it('places are not judged while a vendor’s section has mistakes', () => {
    const broken = vendors.replace('id: org_acme', 'id: org/acme')
    expect(mistakesOfAll(`${broken}${owners}`).filter((mistake) => mistake.includes('places'))).toEqual([])
  })

  it('places of API keys are reported', () => {
    const access = `access:\n  apiKeys:\n    - { name: a, sha256: "${'0'.repeat(64)}", places: [C-1, le1] }\nwrits: enabled\n`
    expect(mistakesOfAll(`${vendors}${access}`)).toEqual([
      expect.stringContaining('writs'),
      expect.stringContaining('access.apiKeys[0].places[1]'),
    ])
  })
})
