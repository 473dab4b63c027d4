import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { askAs, digestOf } from '../support/callers.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'

const key = 'cg_limited-0123456789'
const limited = { name: 'limited', sha256: digestOf(key), places: ['org_bluequay', 'K-2CB4PY1'] }
const all = 'cg_all-places-0123456789'
const owners = [
  { match: { places: ['org_bluequay'], names: ['Gateway clients*'] }, owner: 'Gateway' },
  { match: { places: ['le4830275'] }, owner: 'Hidden' },
]

const lists = [
  'certificates(first: 50, filter: FILTER) { totalCount complete incompleteReasons nodes { name } }',
  'certificates(first: 50, filter: FILTER, orderBy: { field: NAME, direction: DESC }) { totalCount nodes { name } }',
  'certificateStatistics(filter: FILTER) { total byOwner { key { name } count } }',
  'openAIOrganization(id: "org_bluequay") { certificates(first: 50, filter: FILTER) { totalCount nodes { name } } }',
]

describe('a caller with a list of places', () => {
  let stack: Stack
  const start = (rules: readonly object[]) =>
    startStack({
      limits: false,
      configure: (file: SandboxFile) => ({
        ...file,
        owners: rules,
        access: { apiKeys: [limited, { name: 'all', sha256: digestOf(all) }] },
      }),
    })
  beforeAll(async () => {
    stack = await start(owners)
  })
  afterAll(() => stack.close())

  const answerTo = async (list: string, filter: string, credential = key, { url } = stack) =>
    (await askAs(url, credential, `{ ${list.replace('FILTER', filter)} }`)).text

  it.each(lists)('gets the same answer for an owner of other places and for an unknown name: %s', async (list) => {
    for (const more of ['', ', unowned: true', ', unowned: false', ', active: true', ', search: "e"']) {
      const [hidden, unknown, several] = await Promise.all(
        ['["Hidden"]', '["Unassigned"]', '["Hidden", "Unassigned", "Gateway\\nHidden"]'].map((names) =>
          answerTo(list, `{ owners: ${names}${more} }`),
        ),
      )
      expect(hidden).not.toContain('errors')
      expect(unknown).toBe(hidden)
      expect(several).toBe(hidden)
    }
    expect(await answerTo(list, '{ owners: ["Unassigned"] }')).toMatch(/"total(Count)?":0/)
  })

  it.each(lists)('gets the certificates of the owners of their places, also beside other names: %s', async (list) => {
    const own = await answerTo(list, '{ owners: ["Gateway"] }')
    expect(own).toContain('Gateway')
    expect(await answerTo(list, '{ owners: ["Unassigned", "Gateway", "Hidden"] }')).toBe(own)
  })

  it('gets no error where the configuration assigns no owners', async () => {
    const without = await start([])
    for (const list of lists) {
      expect(await answerTo(list, '{ owners: ["Unassigned"] }', key, without)).toMatch(/"total(Count)?":0/)
      expect(await answerTo(list, '{ owners: ["Unassigned"], unowned: true }', key, without)).not.toMatch(
        /"total(Count)?":0/,
      )
    }
    await without.close()
  })

  it('gets an error for an empty list, as any other caller', async () => {
    expect(await answerTo(lists[0] ?? '', '{ owners: [] }')).toContain('an empty list matches nothing')
  })

  it('is the only one for whom an unknown name is no error', async () => {
    for (const list of lists) {
      expect(await answerTo(list, '{ owners: ["Unassigned"] }', all)).toContain('no rule of the configuration assigns')
      expect(await answerTo(list, '{ owners: ["Hidden"] }', all)).not.toContain('errors')
    }
  })
})
