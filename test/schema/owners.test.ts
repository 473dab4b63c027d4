import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mistakesOf } from '../support/config-parts.ts'
import { type SandboxFile, type Stack, type StackOptions, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

interface Certificate {
  readonly id: string
  readonly name: string | null
  readonly provider: string
  readonly place: { readonly vendorId: string }
  readonly subjectAltNames?: readonly string[] | null
  readonly owner: { readonly name: string; readonly contact: string | null; readonly runbookUrl: string | null } | null
}

const runbookUrl = 'https://runbooks.bluequay.example/certificates'
const owners = [
  { match: { names: ['Gateway clients*'] }, owner: 'Gateway', contact: '#gateway', runbookUrl },
  { match: { provider: 'AKAMAI', subjectAltNames: ['*.clearberth.example'] }, owner: 'Payments', contact: '#payments' },
  { match: { places: ['le4830275'], names: ['WEBHOOKS-*'] }, owner: 'Integrations' },
  { match: { places: ['K-2CB4PY1'] }, owner: 'Payments', contact: '#payments-other' },
  { match: { provider: 'OPENAI', subjectAltNames: ['*'] }, owner: 'Never' },
]

/** What the rules say, written by hand. */
function ownerOf({ name, provider, place, subjectAltNames }: Certificate): string | null {
  if (name?.startsWith('Gateway clients')) return 'Gateway'
  if (provider === 'AKAMAI' && subjectAltNames?.some((each) => each.endsWith('.clearberth.example'))) return 'Payments'
  if (place.vendorId === 'le4830275' && name?.startsWith('webhooks-')) return 'Integrations'
  return place.vendorId === 'K-2CB4PY1' ? 'Payments' : null
}

const withOwners = (rules: readonly object[]) => (file: SandboxFile) => ({ ...file, owners: rules })

describe('owners', () => {
  let stack: Stack
  let all: readonly Certificate[]
  beforeAll(async () => {
    stack = await startStack({ limits: false, configure: withOwners(owners) })
    all = await list({})
  })
  afterAll(() => stack.close())

  async function list(filter: object, more = '', orderBy: object | null = null) {
    const { data, errors } = await stack.ask<{
      certificates: { nodes: Certificate[]; totalCount: number; incompleteReasons: string[] }
    }>(
      `query ($filter: CertificateFilter, $orderBy: CertificateOrder) {
        certificates(first: 100, filter: $filter, orderBy: $orderBy) {
          nodes { id name provider place { vendorId } owner { name contact runbookUrl } ${more} } totalCount
        }
      }`,
      { filter, orderBy },
    )
    expect(errors).toBeUndefined()
    expect(data.certificates.totalCount).toBe(data.certificates.nodes.length)
    return data.certificates.nodes
  }

  const rejection = async (filter: object) => {
    const { errors } = await stack.ask(
      'query ($filter: CertificateFilter) { certificates(filter: $filter) { totalCount } }',
      {
        filter,
      },
    )
    return errors?.map(({ message, extensions }) => `${String(extensions['code'])} ${message}`)
  }

  const idsOf = (certificates: readonly Certificate[]) => certificates.map(({ id }) => id)

  it('are those of the first rule that matches the list of the vendor', async () => {
    const calls = stack.openai.emulator.calls.length
    const withNames = await list({}, 'subjectAltNames')
    expect(withNames.map(({ owner }) => owner?.name ?? null)).toEqual(withNames.map(ownerOf))
    // Reading the PEM of the OpenAI certificates, which have subject alternative names, makes no difference.
    expect(stack.openai.emulator.calls.length).toBeGreaterThan(calls)
    expect(all.map(({ owner }) => owner)).toEqual(withNames.map(({ owner }) => owner))
    expect((await list({})).map(({ owner }) => owner)).toEqual(all.map(({ owner }) => owner))
    expect([...new Set(all.map(({ owner }) => owner?.name ?? null))].sort()).toEqual([
      'Gateway',
      'Integrations',
      'Payments',
      null,
    ])
    expect(all.find(({ name }) => name === 'Gateway clients')?.owner).toEqual({
      name: 'Gateway',
      contact: '#gateway',
      runbookUrl,
    })
  })

  it('are the same on every way to a certificate', async () => {
    const node = all.find(({ name }) => name === 'Gateway clients')
    const { data } = await stack.ask<Record<string, unknown>>(
      `query ($id: ID!) {
        node(id: $id) { ... on Certificate { owner { name } } }
        certificate(id: $id) { owner { name } }
        openAIOrganization(id: "org_bluequay") {
          certificates(first: 1, filter: { nameContains: "gateway clients" }) { nodes { owner { name } } }
          projects(first: 20) { nodes { certificates(first: 20, filter: { owners: ["Gateway"] }) { nodes { name } } } }
        }
      }`,
      { id: node?.id },
    )
    expect(data['node']).toEqual({ owner: { name: 'Gateway' } })
    expect(data['certificate']).toEqual({ owner: { name: 'Gateway' } })
    const { certificates, projects } = data['openAIOrganization'] as Record<
      string,
      { nodes: { certificates?: { nodes: { name: string }[] } }[] }
    >
    expect(certificates?.nodes).toEqual([{ owner: { name: 'Gateway' } }])
    const inProjects = projects?.nodes.flatMap((project) => project.certificates?.nodes ?? []) ?? []
    expect(new Set(inProjects.map(({ name }) => name))).toEqual(
      new Set(['Gateway clients', 'Gateway clients, first generation']),
    )
  })

  it.each<[object, readonly (string | null)[]]>([
    [{ owners: ['Payments'] }, ['Payments']],
    [{ owners: ['Gateway', 'Integrations'] }, ['Gateway', 'Integrations']],
    [{ owners: ['Gateway'], unowned: true }, ['Gateway', null]],
    [{ owners: ['Gateway'], unowned: false }, ['Gateway']],
    [{ unowned: true }, [null]],
    [{ unowned: false }, ['Gateway', 'Integrations', 'Payments']],
    [{ owners: ['Never'] }, []],
    [{ owners: ['Never', 'Never'], unowned: true }, [null]],
  ])('are filtered by %j, without a call', async (filter, names) => {
    const calls = stack.emulators.map((emulator) => emulator.calls.length)
    const expected = all.filter(({ owner }) => names.includes(owner?.name ?? null))
    expect(idsOf(await list(filter))).toEqual(idsOf(expected))
    const byName = await list(filter, '', { field: 'NAME', direction: 'DESC' })
    expect(new Set(idsOf(byName))).toEqual(new Set(idsOf(expected)))
    // With conditions on each row, on names, and on named places.
    expect(idsOf(await list({ ...filter, active: false }))).toEqual(
      idsOf(await list({ active: false })).filter((id) => idsOf(expected).includes(id)),
    )
    expect(idsOf(await list({ ...filter, search: 'e', expiresWithin: 'P60D' }))).toEqual(
      idsOf(await list({ search: 'e', expiresWithin: 'P60D' })).filter((id) => idsOf(expected).includes(id)),
    )
    expect(idsOf(await list({ ...filter, placeIds: ['K-2CB4PY1', 'org_bluequay'] }))).toEqual(
      idsOf(expected.filter(({ place }) => ['K-2CB4PY1', 'org_bluequay'].includes(place.vendorId))),
    )
    expect(stack.emulators.map((emulator) => emulator.calls.length)).toEqual(calls)
  })

  it('are filtered together with deleted certificates', async () => {
    expect((await list({ owners: ['Integrations'], includeDeleted: true })).map(({ name }) => name)).toContain(
      'webhooks-returns-1',
    )
    expect((await list({ owners: ['Integrations'] })).map(({ name }) => name)).not.toContain('webhooks-returns-1')
  })

  it('that no rule assigns are an error, and so is an empty list', async () => {
    expect(await rejection({ owners: ['Gateway', 'gateway'] })).toEqual([
      'BAD_USER_INPUT filter.owners[1]: no rule of the configuration assigns this owner; expected the name of one',
    ])
    expect(await rejection({ owners: [], unowned: true })).toEqual([
      expect.stringMatching(/^BAD_USER_INPUT filter\.owners: an empty list matches nothing/),
    ])
  })

  it('are counted, with the certificates without an owner last', async () => {
    const count = async (filter: object | null) => {
      const { data, errors } = await stack.ask<{
        certificateStatistics: { total: number; byOwner: { key: Certificate['owner']; count: number }[] }
      }>(
        `query ($filter: CertificateFilter) {
          certificateStatistics(filter: $filter) { total byOwner { key { name contact } count } }
        }`,
        { filter },
      )
      expect(errors).toBeUndefined()
      return data.certificateStatistics
    }
    const expectedOf = (certificates: readonly Certificate[]) => {
      const contacts: Record<string, string | null> = { Gateway: '#gateway', Integrations: null, Payments: '#payments' }
      return [...Object.keys(contacts), null].flatMap((name) => {
        const held = certificates.filter(({ owner }) => (owner?.name ?? null) === name).length
        const key = name === null ? null : { name, contact: contacts[name] ?? null }
        return held === 0 ? [] : [{ key, count: held }]
      })
    }
    const { total, byOwner } = await count(null)
    expect(byOwner).toEqual(expectedOf(all))
    expect(byOwner.at(-1)?.key).toBeNull()
    expect(byOwner.reduce((sum, each) => sum + each.count, 0)).toBe(total)
    for (const filter of [{ unowned: false }, { search: 'e' }, { active: true }, { placeIds: ['K-2CB4PY1'] }])
      expect((await count(filter)).byOwner).toEqual(expectedOf(await list(filter)))
    const deleted = await count({ includeDeleted: true })
    expect(deleted.byOwner).toEqual(expectedOf(await list({ includeDeleted: true })))
    expect(deleted.byOwner).not.toEqual(byOwner)
  })

  it('follow a certificate that gets another name', async () => {
    const certificate = stack.openai.state.organizations[0]?.certificates.find(({ name }) => name === 'Edge proxies')
    if (!certificate) throw new Error('the sandbox has no such certificate')
    expect((await list({ nameContains: 'Edge proxies' })).map(({ owner }) => owner)).toEqual([null])
    certificate.name = 'Gateway clients at the edge'
    stack.clock.advance(10 * 60_000)
    const renamed = await list({ nameContains: 'at the edge' })
    expect(renamed.map(({ owner }) => owner?.name)).toEqual(['Gateway'])
    expect(idsOf(await list({ owners: ['Gateway'] }))).toContain(renamed[0]?.id)
    certificate.name = 'Edge proxies'
    stack.clock.advance(10 * 60_000)
    expect((await list({ nameContains: 'Edge proxies' })).map(({ owner }) => owner)).toEqual([null])
  })
})

describe('the places of a rule', () => {
  /** The mistakes with which the program does not start. */
  async function startWith(
    places: readonly string[],
    provider?: string,
    configure = (file: SandboxFile): object => file,
  ) {
    const rules = [{ match: { places, ...(provider && { provider }) }, owner: 'web' }]
    const options: StackOptions = { limits: false, configure: (file) => ({ ...configure(file), owners: rules }) }
    let stack: Stack
    try {
      stack = await startStack(options)
    } catch (error) {
      return {
        mistakes: mistakesOf(() => {
          throw error
        }),
        owned: [],
      }
    }
    const { data } = await stack.ask<{ certificates: { nodes: Certificate[] } }>(
      '{ certificates(first: 100, filter: { owners: ["web"] }) { nodes { place { vendorId } } } }',
    )
    await stack.close()
    return { mistakes: [], owned: [...new Set(data.certificates.nodes.map(({ place }) => place.vendorId))].sort() }
  }
  const globalId = (text: string) => Buffer.from(text).toString('base64')
  const listed = ({ openai, akamai, ...file }: SandboxFile) => ({
    ...file,
    openai: { organizations: openai.organizations.map((each) => ({ ...each, projects: ['proj_listed'] })) },
    akamai: { accounts: akamai.accounts.map((each) => ({ ...each, contracts: ['C-1BQ7FR8'] })) },
  })

  it.each([
    [['org_bluequay'], ['org_bluequay']],
    [
      [globalId('OpenAIOrganization:org_bluequay'), 'le4830275'],
      ['le4830275', 'org_bluequay'],
    ],
    [['bluequay'], ['C-1BQ7FR8', 'K-2CB4PY1']],
    [[globalId('AkamaiAccount:bluequay')], ['C-1BQ7FR8', 'K-2CB4PY1']],
    [['K-2CB4PY1'], ['K-2CB4PY1']],
    [[globalId('AkamaiContract:C-1BQ7FR8')], ['C-1BQ7FR8']],
  ])('may be configured or discovered, by any of their ids: %j', async (places, owned) => {
    expect(await startWith(places)).toEqual({ mistakes: [], owned })
  })

  it.each([
    ['nowhere!', undefined, /is neither configured nor discovered; expected the id of a place in the configuration/],
    [globalId('OpenAIOrganization:org_other'), undefined, /is neither configured nor discovered/],
    [
      globalId('OpenAICertificate:org_bluequay:cert_1'),
      undefined,
      /is the id of the type OpenAICertificate; expected that of a place/,
    ],
    [
      globalId('OpenAIProject:org_bluequay:proj_1'),
      undefined,
      /of the type OpenAIProject, whose certificates belong to its account; expected the id of the account/,
    ],
    ['le4830275', 'AKAMAI', /is a place of another vendor than the provider of the rule; expected a place of AKAMAI$/],
    [
      'org_bluequay',
      'LIVEPERSON',
      /is a place of another vendor than the provider of the rule; expected a place of LIVEPERSON/,
    ],
    [globalId('LivePersonAccount:le4830275'), 'OPENAI', /is a place of another vendor/],
  ])('are a mistake when no certificate can be in them: %s', async (place, provider, mistake) => {
    const { mistakes } = await startWith([place], provider)
    expect(mistakes).toEqual([expect.stringMatching(mistake)])
    expect(mistakes[0]).toMatch(/^owners\[0\]\.match\.places\[0\]: /)
  })

  it('are a mistake when they are not configured and no vendor lists places', async () => {
    const { mistakes } = await startWith(['K-2CB4PY1', 'C-1BQ7FR8', 'proj_listed'], undefined, listed)
    expect(mistakes).toEqual([
      expect.stringMatching(/^owners\[0\]\.match\.places\[0\]: is neither configured nor discovered/),
      expect.stringMatching(
        /^owners\[0\]\.match\.places\[2\]: is the id of a place of the type OpenAIProject, .+, org_bluequay$/,
      ),
    ])
  })

  it('are a mistake when two places have the id', async () => {
    const { mistakes } = await startWith(['le4830275'], undefined, ({ akamai, ...file }) => ({
      ...file,
      akamai: { accounts: akamai.accounts.map((each) => ({ ...each, id: 'le4830275' })) },
    }))
    expect(mistakes).toEqual([
      'owners[0].match.places[0]: is the id of 2 places; expected the global id of one of them, from `certificatePlaces`',
    ])
  })

  it('are named in a warning when every list of places was read without them', async () => {
    const project = 'proj_6adc711a653e0f97'
    const places = ['K-2CB4PY1', 'K-MISSPELLED', project, globalId('AkamaiContract:C-GONE')]
    const stack = await startStack({
      limits: false,
      configure: (file) => ({ ...file, owners: [{ match: { places }, owner: 'web' }] }),
    })
    const warnings = () => stack.log.filter(({ msg }) => String(msg).startsWith('owners'))
    await stack.ask('{ certificatePlaces(first: 100) { totalCount } }')
    await until(() => warnings().length > 0)
    expect(warnings().map(({ place, msg }) => [place, msg])).toEqual(
      [
        ['K-MISSPELLED', 1],
        [project, 2],
        ['C-GONE', 3],
      ].map(([place, index]) => [
        place,
        `owners[0].match.places[${index}]: ${place} is neither configured nor discovered as a place that holds ` +
          'certificates; the rule matches none there',
      ]),
    )
    await stack.close()
  })
})
