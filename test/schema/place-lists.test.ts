import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  allPages,
  certificatePage,
  everyOrder,
  type Listed,
  type Page,
  type PageArguments,
  rejectedWith,
  rowsOf,
} from '../support/certificate-pages.ts'
import { madeUpId } from '../support/every-node.ts'
import { type Stack, startStack } from '../support/stack.ts'

const projectId = (stack: Stack) => stack.openai.state.organizations[0]?.projects[0]?.id ?? 'no project'

/** Each place with certificates: its type, its key, and their number. */
const places = [
  ['OpenAIOrganization', () => ['org_scaled0'], 23],
  ['OpenAIProject', (stack: Stack) => ['org_scaled0', projectId(stack)], 5],
  ['AkamaiContract', () => ['C-0S1'], 31],
  ['LivePersonAccount', () => ['le7000001'], 27],
] as const

describe.each(places)('the certificates of an %s', (typename, key, count) => {
  let stack: Stack
  let id: string
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      scale: {
        openai: { certificatesPerOrganization: 23, organizations: 2 },
        akamai: { enrollmentsPerContract: 31 },
        liveperson: { certificatesPerAccount: 30 },
      },
    })
    for (const { certificates } of stack.liveperson.state.accounts) {
      for (const index of [3, 13, 23]) Object.assign(certificates[index] ?? {}, { deleted: true })
    }
    id = madeUpId(typename, ...key(stack))
  })
  afterAll(() => stack.close())

  const query = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $orderBy: CertificateOrder) {
    node(id: $id) { ... on ${typename} {
      certificates(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
        edges { cursor node { ...listed } } nodes { ...listed } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    } }
  }
  fragment listed on Certificate { id provider name createdAt expiresAt }`
  const ask = (args: object) => stack.ask<{ node: { certificates: Page | null } }>(query, { id, ...args })
  const page = async (args: PageArguments) => {
    const { data, errors } = await ask(args)
    expect(errors).toBeUndefined()
    if (!data.node.certificates) throw new Error('no certificates')
    return data.node.certificates
  }

  it('have 20 rows on a page and a total count, soonest expiry first', async () => {
    const { nodes, totalCount, pageInfo } = await page({})
    expect(totalCount).toBe(count)
    expect(nodes).toHaveLength(Math.min(20, count))
    expect(pageInfo).toMatchObject({ hasNextPage: count > 20, hasPreviousPage: false })
    const dates = nodes.map(({ expiresAt }) => Date.parse(expiresAt ?? ''))
    expect(dates).toEqual([...dates].sort((a, b) => a - b))
  })

  it.each(everyOrder)(
    'by $field $direction are those of the list of all certificates, in its order',
    async (orderBy) => {
      const filter = { placeIds: [id] }
      const all = rowsOf(await allPages({ first: 100 }, (args) => certificatePage(stack, { ...args, filter, orderBy })))
      const ordered = (args: PageArguments) => page({ ...args, orderBy })
      expect(all).toHaveLength(count)
      expect((await ordered({ first: 100 })).nodes).toEqual(all)
      expect(rowsOf<Listed>(await allPages({ first: 7 }, ordered))).toEqual(all)
      expect(rowsOf<Listed>(await allPages({ last: 7 }, ordered), 'end')).toEqual(all)
    },
  )

  it.each([
    [{ first: 0 }, /first/],
    [{ last: 101 }, /last/],
    [{ first: 1, last: 1 }, /first and last/],
    [{ after: 'nonsense' }, /after/],
    [{ before: 'WzFd' }, /before/],
  ])('reject %j without a call', async (args, message) => {
    stack.clock.advance(600_000)
    await stack.ask('{ certificatePlaces { totalCount } }')
    const calls = stack.callsTo('certificates').length
    const { data, errors = [] } = await ask(args)
    const told = errors.map((error) => ({ message: error.message, path: error.path, code: error.extensions['code'] }))
    expect({ data: data.node.certificates, errors: told }).toEqual(
      rejectedWith('BAD_USER_INPUT', message, ['node', 'certificates']),
    )
    expect(stack.callsTo('certificates')).toHaveLength(calls)
  })

  it('reject a cursor of another order', async () => {
    const { pageInfo } = await page({ first: 2, orderBy: { field: 'NAME', direction: 'DESC' } })
    expect((await ask({ after: pageInfo.endCursor })).errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT')
  })
})
