import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { firstOf } from '../support/rewriting.ts'
import type { SandboxFile } from '../support/stack.ts'
import { projectId, type SideBySide, startSideBySide } from '../support/visibility.ts'

const scale = {
  openai: { organizations: 2, certificatesPerOrganization: 4, projectsPerOrganization: 2 },
  akamai: { accounts: 2, contractsPerAccount: 2, enrollmentsPerContract: 3 },
  liveperson: { accounts: 2, certificatesPerAccount: 3 },
}

const certificate = `
  __typename id name active expiresAt place { id name source { status certificateCount } }
  ... on OpenAICertificate {
    activeProjectCount lastActiveIn { id }
    projects(first: 10) { totalCount edges { active node { id } } }
  }
`
const source = 'kind status certificateCount unreadableRows asOf place { id name } error { code message }'
const statistics = `total byPlace { key { id } count } byProvider { key count } complete fresh sources { ${source} }`

/** All fields of the lists, page by page. */
const lists = [
  `certificates(first: 20) { totalCount complete fresh nodes { ${certificate} } sources { ${source} } }`,
  'certificates(first: 2) { totalCount pageInfo { hasNextPage endCursor } }',
  'certificates(last: 2) { totalCount pageInfo { hasPreviousPage startCursor } }',
  'certificates(filter: { active: true }) { totalCount complete nodes { id } }',
  'certificates(filter: { expiringUncovered: "P90D" }) { totalCount complete nodes { id } }',
  `certificateStatistics { ${statistics} }`,
  `certificatePlaces(first: 100) { totalCount complete nodes { id name source { ${source} } } sources { ${source} } }`,
  'openAIOrganization(id: "org_scaled0") { id projects { totalCount nodes { id name } } certificates { totalCount } }',
]

/** Queries for the hidden places, by every argument. */
function names({ openai, akamai, liveperson }: SandboxFile, { contracts }: { contracts: readonly string[] }): string[] {
  const [, organization = ''] = openai.organizations.map(({ id }) => id)
  const [, account = ''] = liveperson.accounts.map(({ id }) => id)
  const [, akamaiAccount = ''] = akamai.accounts.map(({ id }) => id)
  const [, contract = ''] = contracts
  const ids = [
    toGlobalId('OpenAIOrganization', organization),
    toGlobalId('OpenAICertificate', organization, 'cert_1'),
    toGlobalId('AkamaiAccount', akamaiAccount),
    toGlobalId('AkamaiContract', contract),
    toGlobalId('AkamaiEnrollment', contract, '100003'),
    toGlobalId('LivePersonAccount', account),
    toGlobalId('LivePersonCertificate', account, '1'),
  ]
  return [
    `openAIOrganization(id: "${organization}") { id }`,
    `openAIProject(id: "proj_x", organizationId: "${organization}") { id }`,
    `akamaiContract(id: "${contract}") { id }`,
    `akamaiAccountSwitchKeys(accountId: "${akamaiAccount}") { accountName }`,
    `livePersonAccount(id: "${account}") { id }`,
    `livePersonCertificate(accountId: "${account}", id: "1") { id }`,
    `nodes(ids: ${JSON.stringify(ids)}) { id }`,
    ...ids.map((id) => `node(id: "${id}") { id }`),
    ...ids.map((id) => `certificates(filter: { placeIds: ["${id}"] }) { totalCount }`),
    `_entities(representations: [
      { __typename: "OpenAIOrganization", organizationId: "${organization}" }
      { __typename: "AkamaiContract", contractId: "${contract}" }
      { __typename: "LivePersonAccount", accountId: "${account}" }
      { __typename: "Certificate", id: "${ids[1]}" }
    ]) { __typename }`,
  ]
}

describe('an API key for some places gets the same responses as if no other place were configured', () => {
  let sides: SideBySide
  const files: SandboxFile[] = []
  const contractsOf = (account: number) =>
    sides.stack.akamai.state.accounts[account]?.contracts.map(({ id }) => id) ?? []

  const listed = (file: SandboxFile) => ({
    ...file,
    openai: {
      organizations: file.openai.organizations.map((each, index) => ({
        ...each,
        projects: [projectId(index, 0), projectId(index, 1)],
      })),
    },
    akamai: {
      accounts: file.akamai.accounts.map((each, index) => ({ ...each, contracts: [`C-${index}S0`, `C-${index}S1`] })),
    },
  })

  beforeAll(async () => {
    sides = await startSideBySide(
      {
        places: ['org_scaled0', projectId(0, 0), 'scaled0', 'C-0S0', 'le7000000'],
        small: (file) => {
          files.push(file)
          const { openai, akamai, liveperson } = listed(file)
          return {
            openai: { organizations: [{ ...firstOf(openai.organizations), projects: [projectId(0, 0)] }] },
            akamai: { accounts: [{ ...firstOf(akamai.accounts), contracts: ['C-0S0'] }] },
            liveperson: { ...liveperson, accounts: [firstOf(liveperson.accounts)] },
          }
        },
      },
      { scale, configure: listed },
    )
  }, 60_000)
  afterAll(() => sides?.close())

  it('with the ids that the vendors have', () => {
    const { openai, akamai, liveperson } = sides.stack
    expect(openai.state.organizations.map(({ id, projects }) => [id, ...projects.map((each) => each.id)])).toEqual([
      ['org_scaled0', projectId(0, 0), projectId(0, 1)],
      ['org_scaled1', projectId(1, 0), projectId(1, 1)],
    ])
    expect(akamai.state.accounts.map(({ id, contracts }) => [id, ...contracts.map((each) => each.id)])).toEqual([
      ['scaled0', 'C-0S0', 'C-0S1'],
      ['scaled1', 'C-1S0', 'C-1S1'],
    ])
    expect(liveperson.state.accounts.map(({ id }) => id)).toEqual(['le7000000', 'le7000001'])
  })

  it.each(lists)('in { %s }', async (query) => {
    const answer = await sides.limited(`{ ${query} }`)
    expect(answer).toBe(await sides.small(`{ ${query} }`))
    expect(answer).not.toContain('"errors"')
    for (const hidden of ['scaled1', 'le7000001', '0S1', '1S0']) expect(answer).not.toContain(hidden)
  })

  it('for any argument that names a hidden place', async () => {
    const queries = names(firstOf(files), { contracts: ['', contractsOf(1)[0] ?? ''] })
    expect(queries.length).toBeGreaterThan(20)
    for (const query of queries) {
      const answer = await sides.limited(`{ ${query} }`)
      expect(`${query}: ${answer}`).toBe(`${query}: ${await sides.small(`{ ${query} }`)}`)
    }
  })

  it('while vendors fail', async () => {
    const mend = sides.stack.openai.emulator.fault({ effect: { status: 403, body: { error: 'No.' } } })
    sides.stack.clock.advance(11_000)
    for (const query of lists) {
      const stale = query.replace('certificates(', 'certificates(maxStaleness: "PT1S", ')
      expect(await sides.limited(`{ ${stale} }`)).toBe(await sides.small(`{ ${stale} }`))
    }
    mend()
  })

  it('for mutations', async () => {
    for (const [organizationId, project] of [
      ['org_scaled1', null],
      ['org_scaled1', projectId(1, 0)],
      ['org_scaled0', projectId(0, 1)],
    ]) {
      const input = `{ organizationId: "${organizationId}", certificateIds: ["cert_x"]${project ? `, projectId: "${project}"` : ''} }`
      const change = `mutation { activateOpenAICertificates(input: ${input}) { __typename ... on CertificateMutationError { code message } } }`
      const answer = await sides.limited(change)
      expect(answer).toBe(await sides.small(change))
      expect(answer).toContain('CertificateInvalidInputError')
    }
  })
})

describe('an API key for one project', () => {
  let sides: SideBySide
  beforeAll(async () => {
    sides = await startSideBySide({ places: [projectId(0, 0)], small: ({ liveperson }) => ({ liveperson }) }, { scale })
  }, 60_000)
  afterAll(() => sides?.close())

  interface Shown {
    readonly data: Record<string, never>
    readonly errors?: readonly { readonly path: string[]; readonly extensions: { readonly code: string } }[]
  }
  const ask = async (query: string) => JSON.parse(await sides.limited(query)) as Shown
  const listedIn = () =>
    firstOf(firstOf(sides.stack.openai.state.organizations).projects).certificates.map((each) => each.certificateId)

  it('lists the certificates of the project and no others', async () => {
    const { data, errors } = await ask(`{
      certificates { complete nodes { active ... on OpenAICertificate { certificateId projects { nodes { projectId } } } }
        sources { kind status place { id } } }
      certificatePlaces { nodes { ... on OpenAIProject { projectId } } }
      certificateStatistics { total }
    }`)
    expect(errors).toBeUndefined()
    const nodes = listedIn().map((certificateId) => ({
      certificateId,
      active: null,
      projects: { nodes: [{ projectId: projectId(0, 0) }] },
    }))
    expect(nodes.length).toBeGreaterThan(0)
    expect(data).toMatchObject({
      certificates: { complete: true, nodes },
      certificatePlaces: { nodes: [{ projectId: projectId(0, 0) }] },
      certificateStatistics: { total: nodes.length },
    })
    expect(JSON.stringify(data)).not.toContain(toGlobalId('OpenAIOrganization', 'org_scaled1'))
  })

  it('gets the id and name of the organization, and FORBIDDEN for its lists', async () => {
    const { data, errors } = await ask(`{
      openAIProject(id: "${projectId(0, 0)}") {
        organization {
          organizationId name
          source { status error { code } }
          certificates { totalCount }
          projects { totalCount }
        }
        certificates { nodes { lastActiveIn { id } activeProjectCount } }
      }
    }`)
    const nodes = listedIn().map(() => ({ lastActiveIn: null, activeProjectCount: 1 }))
    expect(data).toEqual({
      openAIProject: {
        organization: {
          organizationId: 'org_scaled0',
          name: 'Organization 0',
          source: { status: 'FAILED', error: { code: 'FORBIDDEN' } },
          certificates: null,
          projects: null,
        },
        certificates: { nodes },
      },
    })
    expect(errors?.map(({ path, extensions: { code } }) => [path.at(-1), code]).toSorted()).toEqual(
      [
        ['certificates', 'FORBIDDEN'],
        ...nodes.map(() => ['lastActiveIn', 'FORBIDDEN']),
        ['projects', 'FORBIDDEN'],
      ].toSorted(),
    )
  })

  it('finds the certificates of the project by id, and no others of the organization', async () => {
    const [organization] = sides.stack.openai.state.organizations
    const all = organization?.certificates.map(({ id }) => id) ?? []
    const ids = all.map((id) => toGlobalId('OpenAICertificate', 'org_scaled0', id))
    const { data, errors } = await ask(
      `{ nodes(ids: ${JSON.stringify(ids)}) { ... on OpenAICertificate { certificateId } } }`,
    )
    expect(errors).toBeUndefined()
    const inProject = listedIn()
    expect(data).toEqual({
      nodes: all.map((certificateId) => (inProject.includes(certificateId) ? { certificateId } : null)),
    })
    expect(all.length).toBeGreaterThan(inProject.length)
    expect((await ask('{ openAIOrganization(id: "org_scaled0") { id } }')).errors?.[0]?.extensions.code).toBe(
      'NOT_CONFIGURED',
    )
  })

  it('activates and deactivates certificates in the project, and not for the organization', async () => {
    const [certificateId] = listedIn()
    const change = (projectId: string | null) => `mutation {
      deactivateOpenAICertificates(input: {
        organizationId: "org_scaled0", certificateIds: ["${certificateId}"], force: true, projectId: ${JSON.stringify(projectId)}
      }) { __typename }
    }`
    expect((await ask(change(projectId(0, 0)))).data).toEqual({
      deactivateOpenAICertificates: { __typename: 'DeactivateOpenAICertificatesSuccess' },
    })
    for (const other of [null, projectId(0, 1), projectId(1, 0)])
      expect((await ask(change(other))).data).toEqual({
        deactivateOpenAICertificates: { __typename: 'CertificateInvalidInputError' },
      })
  })

  it('gets a failed discovery in sources while its place may be there', async () => {
    sides.stack.clock.advance(3_600_000)
    const mend = sides.stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/projects'),
      effect: { status: 403, body: { error: 'No.' } },
    })
    sides.stack.clock.advance(86_400_000)
    const { data } = await ask('{ certificates { totalCount complete sources { kind status } } }')
    mend()
    expect(data).toMatchObject({ certificates: { totalCount: 0, complete: false } })
  })
})
