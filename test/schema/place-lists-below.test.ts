import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { allPages, idsOf, type Page, type PageArguments, rowsOf } from '../support/certificate-pages.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { madeUpId } from '../support/every-node.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Item {
  readonly id: string
  readonly key: string
}

/** The lists of places: the type and key of the place, the field, the vendor id of an item, and the number of items. */
const lists = [
  ['OpenAIOrganization', ['org_scaled0'], 'projects', 'projectId', 24],
  ['AkamaiAccount', ['scaled0'], 'contracts', 'contractId', 12],
  ['AkamaiContract', ['C-0S3'], 'enrollments', 'enrollmentId', 25],
] as const

describe.each(lists)('the list of an %s (%j), %s,', (typename, key, field, vendorId, count) => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      scale: {
        openai: { projectsPerOrganization: 25, certificatesPerOrganization: 3 },
        akamai: { contractsPerAccount: 12, enrollmentsPerContract: 25 },
      },
    })
    const archived = stack.openai.state.organizations[0]?.projects[11]
    if (archived) archived.archivedAt = 1
  })
  afterAll(() => stack.close())

  const query = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    node(id: $id) { ... on ${typename} {
      ${field}(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id key: ${vendorId} } } nodes { id key: ${vendorId} } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    } }
  }`
  const ask = (args: object) =>
    stack.ask<{ node: Readonly<Record<string, Page<Item> | null>> }>(query, { id: madeUpId(typename, ...key), ...args })
  const page = async (args: PageArguments) => {
    const { data, errors } = await ask(args)
    expect(errors).toBeUndefined()
    const answer = data.node[field]
    if (!answer) throw new Error(`no ${field}`)
    return answer
  }

  it('has 20 rows on a page and a total count', async () => {
    const { nodes, edges, totalCount, pageInfo } = await page({})
    expect({ totalCount, shown: nodes.length }).toEqual({ totalCount: count, shown: Math.min(20, count) })
    expect(edges.map(({ node }) => node)).toEqual(nodes)
    expect(pageInfo).toMatchObject({ hasNextPage: count > 20, hasPreviousPage: false, startCursor: edges[0]?.cursor })
  })

  it('is ordered by vendor id, each item once', async () => {
    const { nodes } = await page({ first: 100 })
    const keys = nodes.map((item) => item.key)
    expect(keys).toEqual([...keys].sort())
    expect(new Set(idsOf(nodes)).size).toBe(count)
  })

  it('has the same rows in pages of 7 in both directions as in pages of 100', async () => {
    const { nodes } = await page({ first: 100 })
    expect(rowsOf(await allPages({ first: 7 }, page))).toEqual(nodes)
    expect(rowsOf(await allPages({ last: 7 }, page), 'end')).toEqual(nodes)
  })

  it('continues after a cursor whose row was deleted', async () => {
    const { nodes } = await page({ first: 100 })
    const { pageInfo } = await page({ first: 5 })
    const [organization] = stack.openai.state.organizations
    const [account] = stack.akamai.state.accounts
    const below = [organization?.projects, account?.contracts, account?.contracts[3]?.enrollments]
    const own = below.find((rows) => rows?.some(({ id }) => String(id) === nodes[4]?.key)) as { id: string | number }[]
    const [gone] = own.splice(
      own.findIndex(({ id }) => String(id) === nodes[4]?.key),
      1,
    )
    stack.clock.advance(beyondEveryTtl)
    const rest = await page({ first: 100, after: pageInfo.endCursor })
    if (gone) own.push(gone)
    stack.clock.advance(beyondEveryTtl)
    expect(rest.nodes).toEqual(nodes.slice(5))
    expect(rest.totalCount).toBe(count - 1)
  })

  it.each([{ first: 0 }, { first: 101 }, { last: 0 }, { first: 1, last: 1 }, { after: 'x' }, { before: 'eyJ9' }])(
    'rejects %j',
    async (args) => {
      const { data, errors = [] } = await ask(args)
      expect({ data, codes: errors.map(({ path, extensions }) => [path, extensions['code']]) }).toEqual({
        data: { node: { [field]: null } },
        codes: [[['node', field], 'BAD_USER_INPUT']],
      })
    },
  )
})

describe('the certificates of a LivePerson account', () => {
  it('include soft-deleted ones only on request; null does not count as deleted', async () => {
    const stack = await startStack()
    const [account] = stack.liveperson.state.accounts
    stack.liveperson.emulator.fault({
      match: ({ path }) => path.endsWith(`${account?.id}/certificates`),
      effect: {
        patch: (body) => (body as object[]).map((row, index) => (index < 2 ? { ...row, deleted: null } : row)),
      },
    })
    const { data } = await stack.ask<{
      livePersonAccount: Record<'some' | 'all', Page<{ name: string; deleted: boolean | null }>>
    }>(
      `query ($id: ID!) {
        livePersonAccount(id: $id) {
          some: certificates { nodes { name deleted } totalCount }
          all: certificates(includeDeleted: true, first: 3, orderBy: { field: NAME, direction: DESC }) { nodes { name deleted } totalCount }
        }
      }`,
      { id: account?.id },
    )
    const { some, all } = data.livePersonAccount
    expect(some).toMatchObject({ totalCount: 8 })
    expect(some.nodes.filter(({ deleted }) => deleted === null)).toHaveLength(2)
    expect(some.nodes.map(({ name }) => name)).not.toContain('webhooks-returns-1')
    expect(all).toEqual({
      totalCount: 9,
      nodes: [
        { name: 'webhooks-returns-1', deleted: true },
        { name: 'webhooks-returns', deleted: false },
        { name: 'webhooks-orders', deleted: false },
      ],
    })
    await stack.close()
  })
})
