import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

interface Certificate {
  id: string
  name: string
  active: boolean | null
}

interface Edges {
  edges: { active: boolean | null; node: Certificate }[]
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterEach(() => expireReadings(stack))
afterAll(() => stack.close())

const projectId = () =>
  findOnly(
    stack.openai.state.organizations.flatMap(({ projects }) => projects),
    ({ name }) => name === 'Customs forms',
  ).id

const ofProject = (fields = 'edges { active node { id name active } }') =>
  whileTimePasses(
    stack.clock,
    stack.ask<{ openAIProject: { id: string; certificates: Edges } }>(
      `{ openAIProject(id: "${projectId()}") { id certificates { ${fields} } } }`,
    ),
  )

/** Inactive for the organization and active in the project, so that the two flags cannot be confused. */
const name = 'Customs declarations'

describe('active of an OpenAI certificate', () => {
  it('is the organization’s flag on every path, while the edge has the project’s own flag', async () => {
    const { data } = await ofProject()
    const { active, node } = findOnly(data.openAIProject.certificates.edges, (edge) => edge.node.name === name)
    expect(active).toBe(true)
    expect(node.active).toBe(false)

    const { data: others } = await stack.ask<{
      node: Certificate
      nodes: Certificate[]
      certificate: Certificate
      openAIOrganization: { certificates: { nodes: Certificate[] } }
      all: { nodes: Certificate[] }
      inProject: { nodes: Certificate[] }
    }>(
      `query ($id: ID!, $project: ID!) {
        node(id: $id) { ... on OpenAICertificate { ...fields } }
        nodes(ids: [$id]) { ... on OpenAICertificate { ...fields } }
        certificate(id: $id) { ...fields }
        openAIOrganization(id: "org_bluequay") { certificates { nodes { ...fields } } }
        all: certificates(filter: { providers: [OPENAI] }) { nodes { ...fields } }
        inProject: certificates(filter: { placeIds: [$project] }) { nodes { ...fields } }
      }
      fragment fields on Certificate { id name active }`,
      { id: node.id, project: data.openAIProject.id },
    )
    const onEveryPath = [
      others.node,
      ...others.nodes,
      others.certificate,
      ...[others.openAIOrganization.certificates, others.all, others.inProject].map(({ nodes }) =>
        findOnly(nodes, (each) => each.name === name),
      ),
    ]
    expect(onEveryPath).toEqual(onEveryPath.map(() => node))
  })

  it('reads the organization’s list only when it is selected', async () => {
    await ofProject('edges { active node { name expiresAt } }')
    expect(stack.callsTo('/organization/certificates')).toEqual([])
    await ofProject()
    expect(stack.callsTo('/organization/certificates')).toHaveLength(1)
  })

  it('follows the organization’s list while the project’s list is the same', async () => {
    const flags = async () => {
      const { data } = await stack.ask<{ openAIProject: { certificates: { nodes: Certificate[] } } }>(
        `{ openAIProject(id: "${projectId()}") { certificates { nodes { name active } } } }`,
      )
      return Object.fromEntries(data.openAIProject.certificates.nodes.map((each) => [each.name, each.active]))
    }
    const before = await flags()
    expect(await flags()).toEqual(before)
    rewriteAnswers<{ data: { active: boolean }[] }>(stack.openai.emulator, '/organization/certificates', (page) => ({
      ...page,
      data: page.data.map((row) => ({ ...row, active: !row.active })),
    }))
    const renewed = '{ openAIOrganization(id: "org_bluequay") { certificates(maxStaleness: "PT0S") { totalCount } } }'
    stack.clock.advance(11_000)
    await whileTimePasses(stack.clock, stack.ask(renewed))
    const after = await flags()
    expect(after).toEqual(Object.fromEntries(Object.entries(before).map(([each, active]) => [each, !active])))
    expect(stack.callsTo(`/projects/${projectId()}/certificates`)).toHaveLength(1)
  })

  it('is null with an error when the organization’s list cannot be read', async () => {
    stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/organization/certificates'),
      effect: { status: 500 },
    })
    const { data, errors } = await ofProject()
    const { edges } = data.openAIProject.certificates
    expect(edges.map(({ active }) => active).toSorted()).toEqual([false, true, true])
    expect(edges.map(({ node }) => node.active)).toEqual([null, null, null])
    expect(errors?.map(({ path }) => path?.slice(-2))).toEqual(edges.map(() => ['node', 'active']))
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', httpStatus: 500 })
  })

  it('is null when the organization’s list does not have the certificate or its flag', async () => {
    rewriteAnswers<{ data: { name: string }[] }>(stack.openai.emulator, '/organization/certificates', (page) => ({
      ...page,
      data: page.data.flatMap((row) => {
        if (row.name === name) return []
        return row.name === 'Edge proxies' ? [{ ...row, active: null }] : [row]
      }),
    }))
    const { data, errors } = await ofProject()
    expect(errors).toBeUndefined()
    const active = Object.fromEntries(data.openAIProject.certificates.edges.map(({ node }) => [node.name, node.active]))
    expect(active).toEqual({ [name]: null, 'Edge proxies': null, 'Partner exchange': true })
  })

  it('does not replace a project’s flag that the vendor leaves out', async () => {
    rewriteAnswers<{ data: object[] }>(stack.openai.emulator, `/projects/${projectId()}/certificates`, (page) => ({
      ...page,
      data: page.data.map((row) => ({ ...row, active: undefined })),
    }))
    const { data } = await ofProject()
    expect(data.openAIProject.certificates.edges.map(({ active }) => active)).toEqual([null, null, null])
    const flags = data.openAIProject.certificates.edges.map(({ node }) => node.active)
    expect(flags.toSorted()).toEqual([false, true, true])
  })
})
