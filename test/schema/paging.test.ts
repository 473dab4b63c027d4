import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { CertificatesDocument } from '../generated/graphql.ts'
import {
  allPages,
  certificatePage,
  everyOrder,
  idsOf,
  type Listed,
  type Page,
  rowsOf,
} from '../support/certificate-pages.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { startStackWithUnevenLists } from '../support/uneven-list.ts'

// Hundreds of requests.
jest.setTimeout(30_000)

describe('paging over several hundred certificates', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStackWithUnevenLists()
  })
  afterAll(() => stack.close())

  const expectedCount = 2 * 60 + 3 * 50 + 3 * (40 - 4)

  describe.each(everyOrder)('by $field, $direction', (orderBy) => {
    const page = (args: object) => certificatePage(stack, { ...args, orderBy })
    let byHundred: readonly Listed[]
    beforeAll(async () => {
      byHundred = rowsOf(await allPages({ first: 100 }, page))
    })

    it('by 100 returns every certificate once', () => {
      expect(byHundred).toHaveLength(expectedCount)
      expect(new Set(idsOf(byHundred)).size).toBe(expectedCount)
    })

    it('by 7 returns the same rows in the same order', async () => {
      const pages = await allPages({ first: 7 }, page)
      expect(rowsOf(pages)).toEqual(byHundred)
      expectFullPages(pages, 7)
    })

    it('by 7 from the end returns the same rows in the same order', async () => {
      const pages = await allPages({ last: 7 }, page)
      expect(rowsOf(pages, 'end')).toEqual(byHundred)
      expectFullPages(pages, 7)
    })

    it('by 3 from the middle towards the start returns exactly the rows before it', async () => {
      const start = await page({ first: 100, after: (await page({ first: 50 })).pageInfo.endCursor })
      const back = await allPages({ last: 3 }, (args) => page({ before: start.pageInfo.startCursor, ...args }))
      expect(rowsOf(back, 'end')).toEqual(byHundred.slice(0, 50))
      expect(start.nodes).toEqual(byHundred.slice(50, 150))
    })
  })

  it('by 7 with a filter returns the rows and the order of paging by 100', async () => {
    const filter = { providers: ['OPENAI', 'LIVEPERSON'], expiryStatuses: ['EXPIRED', 'UNKNOWN'], includeDeleted: true }
    const page = (args: object) => certificatePage(stack, { ...args, filter })
    const byHundred = rowsOf(await allPages({ first: 100 }, page))
    expect(byHundred.length).toBeGreaterThan(50)
    expect(rowsOf(await allPages({ first: 7 }, page))).toEqual(byHundred)
    expect(rowsOf(await allPages({ last: 7 }, page), 'end')).toEqual(byHundred)
    expect((await page({ first: 1 })).totalCount).toBe(byHundred.length)
  })

  it('reads each place once for all pages while the reading is fresh', async () => {
    stack.clock.advance(beyondEveryTtl)
    const before = { lists: stack.callsTo('certificates').length, all: allCalls(stack) }
    await allPages({ first: 7 }, (args) => certificatePage(stack, args))
    // Two organizations, three contracts, three accounts; the list of contracts and the accounts' domains.
    expect(stack.callsTo('certificates').length - before.lists).toBe(2 + 3 + 3)
    expect(allCalls(stack) - before.all).toBe(8 + 1 + 3)
  })
})

describe('a query over three vendors', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('lists every certificate of every place, soonest expiry first and unknown expiry last', async () => {
    const { data, errors } = await stack.run(CertificatesDocument, { first: 100 })
    expect(errors).toBeUndefined()
    const { nodes = [], totalCount } = data.certificates ?? {}
    expect(nodes).toHaveLength(totalCount ?? -1)
    expect(new Set(nodes.map(({ provider }) => provider))).toEqual(new Set(['OPENAI', 'AKAMAI', 'LIVEPERSON']))
    const dates = nodes.map(({ expiresAt }) => (expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)))
    expect(dates).toEqual([...dates].sort((a, b) => a - b))
  })

  it('reports on every place, with the number of its certificates', async () => {
    const { data } = await stack.run(CertificatesDocument, { first: 1, filter: { includeDeleted: true } })
    const { sources = [], totalCount, complete, fresh } = data.certificates ?? {}
    expect({ complete, fresh }).toEqual({ complete: true, fresh: true })
    expect(sources.map(({ kind, status, place }) => [kind, status, place.__typename]).sort()).toEqual([
      ['CERTIFICATES', 'OK', 'AkamaiContract'],
      ['CERTIFICATES', 'OK', 'AkamaiContract'],
      ['CERTIFICATES', 'OK', 'LivePersonAccount'],
      ['CERTIFICATES', 'OK', 'LivePersonAccount'],
      ['CERTIFICATES', 'OK', 'OpenAIOrganization'],
      ['DISCOVERY', 'OK', 'AkamaiAccount'],
    ])
    expect(sources.reduce((sum, { certificateCount }) => sum + (certificateCount ?? 0), 0)).toBe(totalCount)
  })

  it('returns all rows in pages by cursor', async () => {
    const ids: string[] = []
    let after: string | null | undefined
    do {
      const { data } = await stack.run(CertificatesDocument, { first: 20, ...(after && { after }) })
      ids.push(...(data.certificates?.nodes.map(({ id }) => id) ?? []))
      after = data.certificates?.pageInfo.hasNextPage ? data.certificates.pageInfo.endCursor : null
    } while (after)
    const { data } = await stack.run(CertificatesDocument, { first: 100 })
    expect(ids).toEqual(data.certificates?.nodes.map(({ id }) => id))
  })
})

function allCalls({ emulators }: Stack): number {
  return emulators.reduce((sum, { calls }) => sum + calls.length, 0)
}

/** Every page but the last is full, has a cursor per row, and all have the same total count. */
function expectFullPages(pages: readonly Page[], size: number): void {
  for (const [index, { edges, nodes, pageInfo, totalCount, complete }] of pages.entries()) {
    if (index < pages.length - 1) expect(nodes).toHaveLength(size)
    expect(nodes.length).toBeGreaterThan(0)
    expect(edges.map(({ node }) => node)).toEqual(nodes)
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges.at(-1)?.cursor])
    expect({ totalCount, complete }).toEqual({ totalCount: pages[0]?.totalCount, complete: true })
  }
}
