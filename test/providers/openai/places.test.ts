import { afterEach, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { type SandboxFile, type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

const withProjects = (projects: string[]) => (file: SandboxFile) => ({
  ...file,
  openai: { organizations: file.openai.organizations.map((organization) => ({ ...organization, projects })) },
})

describe('several organizations', () => {
  it('are each read with their own key and without an organization header', async () => {
    stack = await startStack({ scale: { openai: { organizations: 3, certificatesPerOrganization: 2 } } })
    const { organizations } = stack.openai.state
    const { data } = await stack.ask<{
      certificates: { nodes: { certificateId: string; organization: { organizationId: string; name: string } }[] }
    }>(`{ certificates(filter: { providers: [OPENAI] }) {
      nodes { ... on OpenAICertificate { certificateId organization { organizationId name } } }
    } }`)
    const read = data.certificates.nodes.map(
      ({ certificateId, organization }) => `${organization.organizationId} ${certificateId}`,
    )
    const stored = organizations.flatMap(({ id, certificates }) => certificates.map((row) => `${id} ${row.id}`))
    expect(read.toSorted()).toEqual(stored.toSorted())

    const calls = stack.callsTo('/v1/')
    expect(calls.map(({ headers }) => headers.authorization).toSorted()).toEqual(
      organizations.map(({ adminKey }) => `Bearer ${adminKey}`).toSorted(),
    )
    for (const { headers } of calls) {
      expect(Object.keys(headers).filter((name) => name.startsWith('openai'))).toEqual([])
      expect(headers.accept).toBe('application/json')
    }
  })

  it('can have certificates with the same id, which are two nodes', async () => {
    stack = await startStack({ scale: { openai: { organizations: 2, certificatesPerOrganization: 1 } } })
    const [one, two] = stack.openai.state.organizations
    two?.certificates.splice(0, 1, ...(one?.certificates ?? []))
    const { data } = await stack.ask<{ certificates: { nodes: { id: string; certificateId: string }[] } }>(
      '{ certificates(filter: { providers: [OPENAI] }) { nodes { id ... on OpenAICertificate { certificateId } } } }',
    )
    const { nodes } = data.certificates
    expect(new Set(nodes.map(({ certificateId }) => certificateId)).size).toBe(1)
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(2)
  })
})

describe('the projects of an organization', () => {
  const query = '{ openAIOrganization(id: "org_bluequay") { projects { nodes { projectId name } } } }'
  interface Answer {
    openAIOrganization: { projects: { nodes: { projectId: string; name: string | null }[] } }
  }

  it('are the projects that the vendor lists, except archived ones', async () => {
    stack = await startStack()
    rewriteAnswers<{ data: object[] }>(stack.openai.emulator, '/organization/projects', (body) => ({
      ...body,
      data: [
        ...body.data,
        { id: 'proj_a1', name: 'By status', status: 'archived', archived_at: null },
        { id: 'proj_a2', name: 'By time', status: 'active', archived_at: 1_890_000_000 },
      ],
    }))
    const { data } = await stack.ask<Answer>(query)
    const names = data.openAIOrganization.projects.nodes.map(({ name }) => name)
    expect(names.toSorted()).toEqual([
      'Customs forms',
      'Demand forecast',
      'Label printing',
      'Route planning',
      'Shipment tracking',
    ])
  })

  it('are the configured projects, without a call to the vendor', async () => {
    stack = await startStack({ configure: withProjects(['proj_b', 'proj_a']) })
    const { data } = await stack.ask<Answer>(query)
    expect(data.openAIOrganization.projects.nodes).toEqual([
      { projectId: 'proj_a', name: null },
      { projectId: 'proj_b', name: null },
    ])
    expect(stack.callsTo('/v1/')).toEqual([])
  })

  it('can be configured as an empty list', async () => {
    stack = await startStack({ configure: withProjects([]) })
    const { data } = await stack.ask<{ certificates: { nodes: { projects: object }[] } }>(
      `{ certificates(first: 1, filter: { providers: [OPENAI] }) {
        nodes { ... on OpenAICertificate { projects(active: true) { totalCount edges { active } } } }
      } }`,
    )
    expect(data.certificates.nodes).toEqual([{ projects: { totalCount: 0, edges: [] } }])
    expect(stack.callsTo('/projects')).toEqual([])
  })
})

describe('openAIProject', () => {
  const ask = (args: string) =>
    whileTimePasses(
      stack.clock,
      stack.ask<{ openAIProject: object | null }>(`{ openAIProject(${args}) { projectId } }`),
    )
  const failDiscovery = (adminKey: string) =>
    stack.openai.emulator.fault({
      match: ({ path, headers }) => path.endsWith('/projects') && headers.authorization === `Bearer ${adminKey}`,
      effect: { status: 500 },
    })

  async function startTwo() {
    const openai = { organizations: 2, certificatesPerOrganization: 1, projectsPerOrganization: 1 }
    stack = await startStack({ scale: { openai } })
    const [one, two] = stack.openai.state.organizations
    if (!one || !two) throw new Error('two organizations were expected')
    return { one, two, projectId: firstOf(two.projects).id }
  }

  it('finds a project in any organization, or in the given organization only', async () => {
    const { one, two, projectId } = await startTwo()
    const found = { openAIProject: { projectId } }
    expect((await ask(`id: "${projectId}"`)).data).toEqual(found)
    expect((await ask(`id: "${projectId}", organizationId: "${two.id}"`)).data).toEqual(found)
    expect(await ask(`id: "${projectId}", organizationId: "${one.id}"`)).toEqual({ data: { openAIProject: null } })
    expect(await ask('id: "proj_unknown"')).toEqual({ data: { openAIProject: null } })
    expect(stack.callsTo('/certificates')).toEqual([])
  })

  it('rejects an organization that is not configured', async () => {
    const { projectId } = await startTwo()
    const { data, errors } = await ask(`id: "${projectId}", organizationId: "org_unknown"`)
    expect(data).toEqual({ openAIProject: null })
    expect(errors).toMatchObject([{ path: ['openAIProject'], extensions: { code: 'NOT_CONFIGURED' } }])
  })

  it('returns an error when it finds no project and a list of projects could not be read', async () => {
    const { one, projectId } = await startTwo()
    failDiscovery(one.adminKey)
    expect(await ask(`id: "${projectId}"`)).toEqual({ data: { openAIProject: { projectId } } })
    const { data, errors } = await ask('id: "proj_unknown"')
    expect(data).toEqual({ openAIProject: null })
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', provider: 'OPENAI', httpStatus: 500 } },
    ])
  })
})
