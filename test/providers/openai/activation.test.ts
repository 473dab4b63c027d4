import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

interface Flags {
  edges: { active: boolean | null; node: { name: string } }[]
  nodes: { name: string }[]
  totalCount: number
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ configure: (file) => ({ ...file, limits: { cost: 10_000 } }) })
})
afterEach(() => expireReadings(stack))
afterAll(() => stack.close())

const certificateOf = (name: string) =>
  findOnly(
    stack.openai.state.organizations.flatMap(({ certificates }) => certificates),
    (row) => row.name === name,
  )
const projectOf = (name: string) =>
  findOnly(
    stack.openai.state.organizations.flatMap(({ projects }) => projects),
    (row) => row.name === name,
  )
const listOf = (project: string) => `/projects/${projectOf(project).id}/certificates`

/** The projects of a certificate in the API, and the errors. */
async function projectsOf(certificate: string, args = '') {
  const response = stack.ask<{ certificates: { nodes: { name: string; projects: Flags | null }[] } }>(
    `{ certificates(first: 100, filter: { providers: [OPENAI] }) { nodes { name ... on OpenAICertificate {
      projects${args} { totalCount nodes { name } edges { active node { name } } }
    } } } }`,
  )
  const { data, errors } = await whileTimePasses(stack.clock, response)
  const { projects } = findOnly(data.certificates.nodes, ({ name }) => name === certificate)
  const flags = projects && Object.fromEntries(projects.edges.map(({ node, active }) => [node.name, active]))
  return { projects, flags, errors }
}

describe('the projects of a certificate', () => {
  it('have the project’s own flag on the edge, which is false if the project does not list the certificate', async () => {
    const { flags, errors } = await projectsOf('Gateway clients')
    expect(errors).toBeUndefined()
    expect(flags).toEqual({
      'Route planning': true,
      'Shipment tracking': true,
      'Demand forecast': false,
      'Label printing': false,
      'Customs forms': false,
    })
  })

  it('have a null flag and no error when the project’s list cannot be read', async () => {
    stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith(listOf('Route planning')),
      effect: { status: 403 },
    })
    const { flags, errors } = await projectsOf('Gateway clients')
    expect(errors).toBeUndefined()
    expect(flags).toMatchObject({ 'Route planning': null, 'Shipment tracking': true, 'Label printing': false })
  })

  it('have a null flag when the vendor leaves it out or the row may be unreadable', async () => {
    const { id } = certificateOf('Gateway clients')
    rewriteAnswers<{ data: { id: string }[] }>(stack.openai.emulator, listOf('Route planning'), (page) => ({
      ...page,
      data: page.data.map((row) => (row.id === id ? { ...row, active: null } : row)),
    }))
    rewriteAnswers<{ data: { id: string }[] }>(stack.openai.emulator, listOf('Shipment tracking'), (page) => ({
      ...page,
      data: page.data.map((row) => (row.id === id ? 'garbage' : row)),
    }))
    const { flags } = await projectsOf('Gateway clients')
    expect(flags).toMatchObject({ 'Route planning': null, 'Shipment tracking': null, 'Demand forecast': false })
  })

  it('are read once each for all certificates', async () => {
    await projectsOf('Gateway clients')
    expect(stack.callsTo('/organization/certificates?')).toHaveLength(1)
    expect(stack.callsTo('/organization/projects?')).toHaveLength(1)
    expect(stack.callsTo('/organization/projects/')).toHaveLength(5)
  })

  it('are not read when the query does not select their flags', async () => {
    await stack.ask(`{ certificates(filter: { providers: [OPENAI] }) { nodes { ... on OpenAICertificate {
      projects(first: 2) { totalCount pageInfo { hasNextPage } nodes { name } edges { node { id } } }
    } } } }`)
    expect(stack.callsTo('/organization/projects/')).toEqual([])
  })

  it('are null with an error when the list of projects cannot be read', async () => {
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith('/projects'), effect: { status: 403 } })
    const { projects, errors } = await projectsOf('Gateway clients')
    expect(projects).toBeNull()
    expect(errors).toHaveLength(14)
    expect(errors?.[0]).toMatchObject({
      path: ['certificates', 'nodes', 0, 'projects'],
      extensions: { code: 'UPSTREAM_FORBIDDEN', provider: 'OPENAI', place: expect.any(String), httpStatus: 403 },
    })
  })
})

describe('projects(active:)', () => {
  it.each([
    [true, ['Route planning', 'Shipment tracking']],
    [false, ['Customs forms', 'Demand forecast', 'Label printing']],
  ])('with %s returns the projects with that flag', async (active, names) => {
    const { projects } = await projectsOf('Gateway clients', `(active: ${active})`)
    expect(projects?.nodes.map(({ name }) => name).toSorted()).toEqual(names)
    expect(projects?.totalCount).toBe(names.length)
  })

  it.each([true, false])('with %s also returns the projects whose flag is unknown', async (active) => {
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(listOf('Customs forms')), effect: 'reset' })
    const { flags, errors } = await projectsOf('Gateway clients', `(active: ${active})`)
    expect(errors).toBeUndefined()
    expect(flags).toHaveProperty(['Customs forms'], null)
    expect(Object.values(flags ?? {})).toContain(active)
    expect(Object.values(flags ?? {})).not.toContain(!active)
  })

  it('pages through the filtered projects', async () => {
    const one = await projectsOf('Gateway clients', '(active: false, first: 2)')
    const rest = await projectsOf('Gateway clients', '(active: false, last: 1)')
    expect([one, rest].map(({ projects }) => projects?.totalCount)).toEqual([3, 3])
    const names = [one, rest].flatMap(({ projects }) => projects?.nodes.map(({ name }) => name))
    expect(names.toSorted()).toEqual(['Customs forms', 'Demand forecast', 'Label printing'])
  })
})
