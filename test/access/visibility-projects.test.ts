import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import type { Project } from '../../src/providers/openai/sandbox/state.ts'
import { findOnly, firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, startSideBySide } from '../support/visibility.ts'

const scale = { openai: { organizations: 2, certificatesPerOrganization: 4, projectsPerOrganization: 3 } }

/** Two visible projects of a hidden organization. */
const seen = [projectId(0, 0), projectId(0, 1)]

let sides: SideBySide
beforeEach(async () => {
  sides = await startSideBySide({ places: seen, small: ({ openai }) => ({ openai }) }, { scale })
})
afterEach(() => sides.close())

const project = (index: number): Project =>
  findOnly(firstOf(sides.stack.openai.state.organizations).projects, ({ id }) => id === projectId(0, index))
const shared = () => firstOf(project(0).certificates).certificateId
const idOf = (certificateId: string) => toGlobalId('OpenAICertificate', 'org_scaled0', certificateId)
const ask = async (query: string) => JSON.parse(await sides.limited(query))

const failing = (index: number) =>
  sides.stack.openai.emulator.fault({
    match: ({ path }) => path.includes(projectId(0, index)),
    effect: { status: 403, body: { error: 'No.' } },
  })

describe('a certificate that several visible projects of a hidden organization list', () => {
  beforeEach(() => {
    project(1).certificates.push({ certificateId: shared(), active: true })
  })

  it('is listed and counted once', async () => {
    const ids = new Set(
      [...project(0).certificates, ...project(1).certificates].map((each) => idOf(each.certificateId)),
    )
    const { data, errors } = await ask(`{
      certificates(first: 20) { totalCount complete nodes { id } sources { kind certificateCount } }
      page: certificates(first: 1) { totalCount pageInfo { endCursor } }
      certificateStatistics { total complete byProvider { count } byPlace { key { id } count } }
    }`)
    expect(errors).toBeUndefined()
    const organization = toGlobalId('OpenAIOrganization', 'org_scaled0')
    expect(data).toMatchObject({
      certificates: { totalCount: ids.size, complete: true },
      page: { totalCount: ids.size },
      certificateStatistics: {
        total: ids.size,
        complete: true,
        byProvider: [{ count: ids.size }],
        byPlace: [{ key: { id: organization }, count: ids.size }],
      },
    })
    expect(data.certificates.nodes.map(({ id }: { id: string }) => id).toSorted()).toEqual([...ids].toSorted())
    // Each project has a source.
    expect(data.certificates.sources).toEqual(
      expect.arrayContaining(
        [project(0), project(1)].map(({ certificates }) => ({
          kind: 'CERTIFICATES',
          certificateCount: certificates.length,
        })),
      ),
    )
  })

  it('is returned once when a client pages through the list', async () => {
    const met: string[] = []
    let after = ''
    for (let page = 0; page < 10; page += 1) {
      const { data } = await ask(
        `{ certificates(first: 1${after && `, after: "${after}"`}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      )
      met.push(...data.certificates.nodes.map(({ id }: { id: string }) => id))
      if (!data.certificates.pageInfo.hasNextPage) break
      after = data.certificates.pageInfo.endCursor
    }
    expect(met.filter((id) => id === idOf(shared()))).toHaveLength(1)
    expect(new Set(met).size).toBe(met.length)
  })

  it.each([0, 1])('is found by id while one of them cannot be read: %i', async (index) => {
    failing(index)
    const { data, errors } = await ask(
      `{ node(id: "${idOf(shared())}") { ... on OpenAICertificate { certificateId } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({ node: { certificateId: shared() } })
  })
})

describe('a certificate that no readable project lists', () => {
  it('is an error while a visible project that may list it fails', async () => {
    failing(1)
    const other = firstOf(project(1).certificates).certificateId
    const { data, errors } = await ask(`{ node(id: "${idOf(other)}") { id } }`)
    expect(data).toEqual({ node: null })
    expect(errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'UPSTREAM_FORBIDDEN' }) }),
    ])
  })

  it('is null when all visible projects can be read, whatever a hidden one lists', async () => {
    failing(2)
    const other = firstOf(project(2).certificates).certificateId
    expect(await ask(`{ node(id: "${idOf(other)}") { id } }`)).toEqual({ data: { node: null } })
    expect(await ask('{ certificates { complete } }')).toEqual({ data: { certificates: { complete: true } } })
  })
})
