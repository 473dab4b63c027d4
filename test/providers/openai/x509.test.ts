import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { issueCertificate } from '../../../src/sandbox/issue-certificate.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly, firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Certificate {
  name: string | null
  active: boolean | null
  isCA: boolean | null
  keySize: number | null
  inheritedByAllProjects: boolean | null
  activeProjectCount: number | null
  lastActiveIn: { __typename: string; name: string }[] | null
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ configure: (file) => ({ ...file, limits: { cost: 1_000_000 } }) })
})
afterEach(() => stack.close())

const organization = () => firstOf(stack.openai.state.organizations)
const uploaded = (name: string) => findOnly(organization().certificates, (row) => row.name === name)
const project = (name: string) => findOnly(organization().projects, (row) => row.name === name)
const listOf = (name: string) => `/projects/${project(name).id}/certificates`
const contentCalls = () => stack.callsTo('/organization/certificates/')

async function list(fields: string) {
  const response = stack.ask<{ openAIOrganization: { certificates: { nodes: Certificate[] } } }>(
    `{ openAIOrganization(id: "org_bluequay") { certificates(first: 100) { nodes { name ${fields} } } } }`,
  )
  const { data, errors } = await whileTimePasses(stack.clock, response)
  return { nodes: data.openAIOrganization.certificates.nodes, errors }
}

const named = (nodes: readonly Certificate[], name: string) => findOnly(nodes, (node) => node.name === name)
const lastActiveIn = (nodes: readonly Certificate[], name: string) =>
  named(nodes, name).lastActiveIn?.map((place) => place.name)

const last = 'lastActiveIn { __typename name }'

/** Makes certificates active for the organization, and sets the flags in its projects. */
function activate(inOrganization: readonly string[], inProjects: Readonly<Record<string, readonly string[]>> = {}) {
  for (const row of organization().certificates) row.active = inOrganization.includes(row.name ?? '')
  for (const each of organization().projects) {
    const names = inProjects[each.name] ?? []
    each.certificates.splice(
      0,
      each.certificates.length,
      ...names.map((name) => ({ certificateId: uploaded(name).id, active: true })),
    )
  }
}

describe('keySize and isCA of an OpenAI certificate', () => {
  it('are read from its PEM, which is requested once', async () => {
    const { nodes, errors } = await list('isCA keySize')
    expect(errors).toBeUndefined()
    for (const { isCA } of nodes) expect(isCA).toBe(true)
    expect(named(nodes, 'Gateway clients').keySize).toBe(2048)
    expect(named(nodes, 'Batch workers').keySize).toBe(256)
    expect(contentCalls()).toHaveLength(14)
    await list('isCA keySize subject')
    expect(contentCalls()).toHaveLength(14)
  })

  it('are null with one error each when the PEM is missing, and the other fields are returned', async () => {
    const { id } = uploaded('Batch workers')
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(id), effect: { status: 404 } })
    const { nodes, errors } = await list('active isCA keySize')
    expect(named(nodes, 'Batch workers')).toMatchObject({ active: true, isCA: null, keySize: null })
    expect(errors?.map(({ path }) => path?.at(-1)).toSorted()).toEqual(['isCA', 'keySize'])
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'UPSTREAM_NOT_FOUND', provider: 'OPENAI', place: expect.any(String) })
    }
  })
})

describe('the content of another certificate', () => {
  const hour = 3_600_000
  const ofOther = async () => (await issueCertificate(uploaded('Gateway clients').x509 ?? fail())).pem
  const problem = /^the content of cert_\w+ is another certificate: its dates are not those of the list$/
  const fail = () => {
    throw new Error('the certificate has no content')
  }

  it('is an error, and is not kept', async () => {
    const { nodes: before } = await list('subject pem')
    const row = uploaded('Batch workers')
    const own = row.pem
    row.pem = await ofOther()
    await stack.close()
    stack = await startStack({ configure: (file) => ({ ...file, limits: { cost: 1_000_000 } }) })
    const again = uploaded('Batch workers')
    again.pem = row.pem
    const { nodes, errors } = await list('subject pem')
    expect(named(nodes, 'Batch workers')).toMatchObject({ subject: null, pem: null })
    expect(errors?.map(({ path }) => path?.at(-1)).toSorted()).toEqual(['pem', 'subject'])
    for (const { message, extensions } of errors ?? []) {
      expect(message).toMatch(problem)
      expect(extensions).toMatchObject({ code: 'UPSTREAM_MALFORMED_RESPONSE', place: expect.any(String) })
    }
    again.pem = own
    stack.clock.advance(hour)
    const { nodes: after } = await list('subject pem')
    expect(named(after, 'Batch workers')).toEqual(named(before, 'Batch workers'))
  })
})

describe('activeProjectCount of an OpenAI certificate', () => {
  it('counts the projects by their own flags, and all of them for the organization’s flag', async () => {
    const { nodes, errors } = await list('active inheritedByAllProjects activeProjectCount')
    expect(errors).toBeUndefined()
    const countsOf = (name: string) => {
      const { inheritedByAllProjects, activeProjectCount } = named(nodes, name)
      return [inheritedByAllProjects, activeProjectCount]
    }
    expect(countsOf('Gateway clients')).toEqual([true, 2])
    expect(countsOf('Label printers')).toEqual([false, 1])
    // One of its projects is archived.
    expect(countsOf('Warehouse scanners')).toEqual([false, 1])
    expect(countsOf('Load tests')).toEqual([false, 0])
    for (const { active, inheritedByAllProjects } of nodes) expect(inheritedByAllProjects).toBe(active)
  })

  it('counts inherited flags also when the certificate is read through a project', async () => {
    const { data } = await stack.ask<{ openAIProject: { certificates: { nodes: Certificate[] } } }>(
      `{ openAIProject(id: "${project('Customs forms').id}") { certificates { nodes { name inheritedByAllProjects } } } }`,
    )
    const { nodes } = data.openAIProject.certificates
    expect(Object.fromEntries(nodes.map((node) => [node.name, node.inheritedByAllProjects]))).toEqual({
      'Edge proxies': true,
      'Customs declarations': false,
      'Partner exchange': true,
    })
  })

  it('is null with an error when the list of one project cannot be read', async () => {
    stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith(listOf('Customs forms')),
      effect: { status: 403 },
    })
    const { nodes, errors } = await list('inheritedByAllProjects activeProjectCount')
    for (const node of nodes) expect(node.activeProjectCount).toBeNull()
    expect(named(nodes, 'Gateway clients').inheritedByAllProjects).toBe(true)
    expect(errors).toHaveLength(14)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_FORBIDDEN', provider: 'OPENAI', httpStatus: 403 })
  })

  it('is null with an error for certificates whose flag is missing in one project', async () => {
    const { id } = uploaded('Gateway clients')
    rewriteAnswers<{ data: { id: string }[] }>(stack.openai.emulator, listOf('Route planning'), (page) => ({
      ...page,
      data: page.data.map((row) => (row.id === id ? { ...row, active: null } : row)),
    }))
    const { nodes, errors } = await list('activeProjectCount')
    expect(named(nodes, 'Gateway clients').activeProjectCount).toBeNull()
    expect(named(nodes, 'Service mesh').activeProjectCount).toBe(2)
    expect(errors).toMatchObject([
      { message: expect.stringContaining(id), extensions: { code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'OPENAI' } },
    ])
  })
})

describe('lastActiveIn of an OpenAI certificate', () => {
  it('is the organization and its projects without another active certificate', async () => {
    activate(['Gateway clients'], { 'Route planning': ['Gateway clients'], 'Customs forms': ['Batch workers'] })
    const { nodes, errors } = await list(last)
    expect(errors).toBeUndefined()
    expect(named(nodes, 'Gateway clients').lastActiveIn?.[0]).toEqual({
      __typename: 'OpenAIOrganization',
      name: 'Bluequay Freight',
    })
    expect(lastActiveIn(nodes, 'Gateway clients')?.toSorted()).toEqual([
      'Bluequay Freight',
      'Demand forecast',
      'Label printing',
      'Route planning',
      'Shipment tracking',
    ])
    expect(lastActiveIn(nodes, 'Batch workers')).toEqual([])
  })

  it('is a project by its own flag when no certificate is active for the organization', async () => {
    activate([], { 'Route planning': ['Batch workers'], 'Customs forms': ['Batch workers', 'Load tests'] })
    const { nodes } = await list(last)
    expect(named(nodes, 'Batch workers').lastActiveIn).toEqual([
      { __typename: 'OpenAIProject', name: 'Route planning' },
    ])
    expect(lastActiveIn(nodes, 'Load tests')).toEqual([])
  })

  it('is empty while the organization has two active certificates', async () => {
    activate(['Gateway clients', 'Batch workers'], { 'Route planning': ['Gateway clients'] })
    const { nodes } = await list(last)
    for (const node of nodes) expect(node.lastActiveIn).toEqual([])
  })

  it('reads the organization’s two lists and one list per project, for any number of certificates', async () => {
    await list(`${last} activeProjectCount inheritedByAllProjects projects { edges { active } }`)
    expect(stack.callsTo('/organization/certificates?')).toHaveLength(1)
    expect(stack.callsTo('/organization/projects?')).toHaveLength(1)
    expect(stack.callsTo('/organization/projects/')).toHaveLength(5)
    expect(stack.openai.emulator.calls).toHaveLength(7)
  })

  it('is read within the limit of concurrent calls per account', async () => {
    await stack.close()
    stack = await startStack({ scale: { openai: { projectsPerOrganization: 40 } } })
    stack.openai.emulator.latency = 200
    const { data } = await stack.ask<{ certificates: { nodes: Certificate[] } }>(
      `{ certificates(first: 1, filter: { providers: [OPENAI] }) { nodes { ... on OpenAICertificate { ${last} } } } }`,
    )
    expect(data.certificates.nodes).toEqual([{ lastActiveIn: [] }])
    expect(stack.openai.emulator.calls).toHaveLength(42)
    expect(stack.openai.emulator.maxInFlight).toBe(8)
  })

  it.each([
    ['a project', () => listOf('Label printing')],
    ['the projects', () => '/organization/projects'],
  ])('is null with an error when the list of %s cannot be read', async (_, pathEnd) => {
    const end = pathEnd()
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(end), effect: { status: 403 } })
    const { nodes, errors } = await list(last)
    for (const node of nodes) expect(node.lastActiveIn).toBeNull()
    expect(errors).toHaveLength(14)
    expect(errors?.[0]).toMatchObject({
      path: ['openAIOrganization', 'certificates', 'nodes', 0, 'lastActiveIn'],
      extensions: { code: 'UPSTREAM_FORBIDDEN', provider: 'OPENAI', place: expect.any(String) },
    })
  })

  it('is not computed from stale readings while the vendor is unavailable', async () => {
    activate(['Gateway clients'])
    await list(last)
    stack.openai.emulator.fault({ effect: { status: 503 } })
    stack.clock.advance(3_600_000)
    const { nodes, errors } = await list(`stale ${last}`)
    expect(errors?.map(({ extensions: { code } }) => code)).toEqual(nodes.map(() => 'UPSTREAM_UNAVAILABLE'))
    expect(named(nodes, 'Gateway clients')).toMatchObject({ stale: true, lastActiveIn: null })
  })

  it.each<[string, (row: { id: string }) => unknown]>([
    ['flag', (row) => ({ ...row, active: null })],
    ['row', () => 'garbage'],
  ])(
    'is null while the %s of another certificate is unknown, unless the certificate is inactive',
    async (_, change) => {
      activate(['Gateway clients'], { 'Route planning': ['Batch workers'] })
      const { id } = uploaded('Batch workers')
      rewriteAnswers<{ data: { id: string }[] }>(stack.openai.emulator, '/organization/certificates', (page) => ({
        ...page,
        data: page.data.map((row) => (row.id === id ? change(row) : row)),
      }))
      const { nodes, errors } = await list(last)
      expect(named(nodes, 'Gateway clients').lastActiveIn).toBeNull()
      expect(lastActiveIn(nodes, 'Load tests')).toEqual([])
      expect(errors).toContainEqual(
        expect.objectContaining({
          message: expect.stringContaining(uploaded('Gateway clients').id),
          extensions: expect.objectContaining({ code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'OPENAI' }),
        }),
      )
    },
  )

  it('is null while a row of the list of projects is unreadable', async () => {
    rewriteAnswers<{ data: unknown[] }>(stack.openai.emulator, '/organization/projects', (page) => ({
      ...page,
      data: ['garbage', ...page.data],
    }))
    const { nodes, errors } = await list(`${last} activeProjectCount`)
    for (const node of nodes) expect(node).toMatchObject({ lastActiveIn: null, activeProjectCount: null })
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(
      new Set(['UPSTREAM_MALFORMED_RESPONSE']),
    )
  })
})
