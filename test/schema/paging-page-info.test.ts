import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { certificatePage, certificateRejection, type Page, rejectedWith } from '../support/certificate-pages.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { type Stack, startStack } from '../support/stack.ts'

describe('a page between cursors', () => {
  let stack: Stack
  let whole: Page
  beforeAll(async () => {
    stack = await startStack({ limits: false })
    whole = await certificatePage(stack, { first: 100 })
  })
  afterAll(() => stack.close())

  const cursor = (index: number) => whole.edges.at(index)?.cursor ?? null
  const page = (args: object) => certificatePage(stack, args)

  /** The page with exactly these rows of the whole list and correct page info. */
  const rows = (start: number, end: number): Page => ({
    edges: whole.edges.slice(start, end),
    nodes: whole.nodes.slice(start, end),
    pageInfo: {
      hasPreviousPage: start > 0,
      hasNextPage: end < whole.nodes.length,
      startCursor: cursor(start),
      endCursor: cursor(end - 1),
    },
    totalCount: whole.totalCount,
    complete: true,
  })

  it('has 20 rows without first and last, and when both are null', async () => {
    expect(await page({})).toEqual(rows(0, 20))
    expect(await page({ first: null, last: null, after: null, before: null, orderBy: null, filter: null })).toEqual(
      rows(0, 20),
    )
    expect(await page({ after: cursor(4) })).toEqual(rows(5, 25))
    expect(await page({ before: cursor(4) })).toEqual(rows(0, 4))
  })

  it('accepts null for either first or last', async () => {
    expect(await page({ first: 3, last: null })).toEqual(rows(0, 3))
    expect(await page({ first: null, last: 3 })).toEqual(rows(whole.nodes.length - 3, whole.nodes.length))
  })

  it.each([
    ['first', { first: 5 }, 0, 5],
    ['first and after', { first: 5, after: 9 }, 10, 15],
    ['first and before', { first: 5, before: 9 }, 0, 5],
    ['first and before, fewer than requested', { first: 20, before: 9 }, 0, 9],
    ['first, after and before', { first: 5, after: 3, before: 20 }, 4, 9],
    ['first, after and before, fewer than requested', { first: 50, after: 3, before: 9 }, 4, 9],
    ['last and before', { last: 5, before: 20 }, 15, 20],
    ['last and before, fewer than requested', { last: 50, before: 20 }, 0, 20],
    ['last, after and before', { last: 5, after: 3, before: 20 }, 15, 20],
    ['last, after and before, fewer than requested', { last: 50, after: 3, before: 20 }, 4, 20],
    ['the very first row', { first: 1, before: 1 }, 0, 1],
  ])('with %s has the right rows and page info', async (_, { after, before, ...size }: PlainArguments, start, end) => {
    const args = {
      ...size,
      ...(after !== undefined && { after: cursor(after) }),
      ...(before !== undefined && { before: cursor(before) }),
    }
    expect(await page(args)).toEqual(rows(start, end))
  })

  it('with last and after, at the end of the list, has the right rows and page info', async () => {
    const count = whole.nodes.length
    expect(await page({ last: 5 })).toEqual(rows(count - 5, count))
    expect(await page({ last: 5, after: cursor(9) })).toEqual(rows(count - 5, count))
    expect(await page({ last: 5, after: cursor(count - 4) })).toEqual(rows(count - 3, count))
    expect(await page({ first: 3, after: cursor(count - 4) })).toEqual(rows(count - 3, count))
    expect(await page({ first: 100, after: cursor(count - 4) })).toEqual(rows(count - 3, count))
  })

  it('is empty before the first row, after the last and between neighbours, with the right page info', async () => {
    const empty = (hasPreviousPage: boolean, hasNextPage: boolean) => ({
      ...rows(0, 0),
      pageInfo: { hasPreviousPage, hasNextPage, startCursor: null, endCursor: null },
    })
    for (const size of [{ first: 5 }, { last: 5 }]) {
      expect(await page({ ...size, before: cursor(0) })).toEqual(empty(false, true))
      expect(await page({ ...size, after: cursor(-1) })).toEqual(empty(true, false))
      expect(await page({ ...size, after: cursor(4), before: cursor(5) })).toEqual(empty(true, true))
      const crossed = await page({ ...size, after: cursor(9), before: cursor(5) })
      expect(crossed.nodes).toEqual([])
    }
  })

  it('has page info that only counts rows that pass the filter', async () => {
    const last = whole.nodes.findLastIndex(({ provider }) => provider === 'AKAMAI')
    const first = whole.nodes.findIndex(({ provider }) => provider === 'AKAMAI')
    const filter = { providers: ['AKAMAI'] }
    expect(await page({ filter, first: 5, after: cursor(last) })).toMatchObject({
      nodes: [],
      pageInfo: { hasPreviousPage: true, hasNextPage: false },
    })
    expect(await page({ filter, last: 5, before: cursor(first) })).toMatchObject({
      nodes: [],
      pageInfo: { hasPreviousPage: false, hasNextPage: true },
    })
    expect(await page({ filter, first: 1 })).toMatchObject({
      nodes: [whole.nodes[first]],
      pageInfo: { hasPreviousPage: false, hasNextPage: true },
    })
  })

  it.each([
    [{ first: 0 }, /first.*1 to 100.*0/],
    [{ first: 101 }, /first.*1 to 100.*101/],
    [{ first: -1 }, /first.*1 to 100.*-1/],
    [{ last: 0 }, /last.*1 to 100.*0/],
    [{ last: 101 }, /last.*1 to 100.*101/],
    [{ last: -7 }, /last.*1 to 100.*-7/],
    [{ first: 5, last: 5 }, /first and last/],
    [{ first: 0, last: 0 }, /first and last/],
  ])('with %j is rejected without a call', async (args, message) => {
    stack.clock.advance(beyondEveryTtl)
    const calls = stack.callsTo('/').length
    expect(await certificateRejection(stack, args)).toEqual(rejectedWith('BAD_USER_INPUT', message))
    expect(stack.callsTo('/')).toHaveLength(calls)
  })

  it('accepts 1 and 100 as sizes', async () => {
    expect((await page({ first: 1 })).nodes).toHaveLength(1)
    expect((await page({ last: 100 })).nodes).toHaveLength(whole.totalCount)
  })

  it.each([{ first: 1.5 }, { first: '5' }, { last: 2 ** 31 }])(
    'with %j, which is not an Int, is rejected as a whole',
    async (args) => {
      const { data, errors } = await certificateRejection(stack, args)
      expect({ data, codes: errors.map(({ code }) => code) }).toEqual({ data: null, codes: ['BAD_USER_INPUT'] })
    },
  )
})

interface PlainArguments {
  readonly first?: number
  readonly last?: number
  readonly after?: number
  readonly before?: number
}
