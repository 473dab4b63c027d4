import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Gate, startGate } from '../../support/gate.ts'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { sampleValue } from '../../support/samples.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'

interface Named {
  readonly name: string
}

interface Project extends Named {
  readonly projectId: string
}

const ttl = 10_000
const isProjectList = (path: string) => path.split('?')[0]?.endsWith('/organization/projects') ?? false

let stack: Stack
let gate: Gate

beforeEach(async () => {
  gate = await startGate()
  stack = await startStack({
    limits: false,
    configure: ({ openai }) => {
      const organization = findOnly(openai.organizations, ({ id }) => id === 'org_bluequay')
      gate.target = String(organization.baseUrl)
      return {
        openai: { organizations: [{ ...organization, projects: 'discover', baseUrl: new URL('v1', gate.url).href }] },
        upstream: { ttl: '1h', discoveryTtl: `${ttl}ms`, staleWhileRevalidate: '1m' },
      }
    },
  })
  gate.open(isProjectList)
})
afterEach(async () => {
  await stack.close()
  await gate.close()
})

/** The projects of the organization, without a call for their certificates. */
async function projects(): Promise<readonly Project[]> {
  const { data } = await stack.ask<{ openAIOrganization: { projects: { nodes: Project[] } } }>(
    '{ openAIOrganization(id: "org_bluequay") { projects(first: 10) { nodes { projectId name } } } }',
  )
  return data.openAIOrganization.projects.nodes
}

const shipments = async () => findOnly(await projects(), ({ name }) => name.startsWith('Shipment tracking'))

describe('a list of projects that is read again while an operation runs', () => {
  it('gives the operation one name of each project', async () => {
    const { projectId, name: before } = await shipments()
    rewriteAnswers<{ data: Named[] }>(stack.openai.emulator, '/organization/projects', (body) => ({
      ...body,
      data: body.data.map((project) => ({ ...project, name: `${project.name} (new)` })),
    }))
    stack.clock.advance(ttl)
    const answer = stack.ask<{
      openAIProject: Named & { certificates: { nodes: { projects: { nodes: Named[] } }[] } }
    }>(`{ openAIProject(id: "${projectId}") {
      name certificates(first: 1) { nodes { projects(first: 10) { nodes { name } } } }
    } }`)
    // The operation waits for the certificates of the project.
    await until(() => gate.waiting > 0)
    while ((await shipments()).name === before);
    gate.open()
    const { data, errors } = await answer
    expect(errors).toBeUndefined()
    const { name, certificates } = data.openAIProject
    const names = certificates.nodes.flatMap(({ projects }) => projects.nodes).map((project) => project.name)
    expect(name).toBe(before)
    expect(names).toContain(before)
    expect(names).not.toContain(`${before} (new)`)
  })
})

describe('an operation with ten fields of one project', () => {
  it('uses one reading of the list of projects', async () => {
    const { projectId } = await shipments()
    const used = async () => sampleValue(await stack.scrape(), 'certgraph_readings_total', { result: 'fresh' })
    const count = await used()
    const fields = Array.from({ length: 10 }, (_, index) => `f${index}: openAIProject(id: "${projectId}") { name }`)
    await stack.ask(`{ ${fields.join(' ')} }`)
    expect(await used()).toBe((count ?? 0) + 1)
  })
})
