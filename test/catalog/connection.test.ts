import { describe, expect, it } from '@jest/globals'
import { parseWindow, toConnection } from '../../src/catalog/connection.ts'
import { decodeCursor, encodeCursor } from '../../src/catalog/cursor.ts'
import { createOrdering } from '../../src/catalog/ordering.ts'
import { InputError } from '../../src/input-error.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

const ordering = createOrdering<{ readonly id: string }>('ID:ASC', 'ASC', ({ id }) => ({ key: id, id }))
const cursorOf = (id: string, complete = true) => encodeCursor(ordering, { position: { key: id, id }, complete })
const at = (id: string) => ({ key: id, id })

describe('parseWindow', () => {
  it.each([
    [{}, { count: 20, from: 'start', after: null, before: null, complete: true }],
    [
      { first: null, last: null, after: null, before: null },
      { count: 20, from: 'start', after: null, before: null, complete: true },
    ],
    [{ first: 1 }, { count: 1, from: 'start', after: null, before: null, complete: true }],
    [
      { first: 100, after: cursorOf('a') },
      { count: 100, from: 'start', after: at('a'), before: null, complete: true },
    ],
    [
      { last: 7, first: null, before: cursorOf('b') },
      { count: 7, from: 'end', after: null, before: at('b'), complete: true },
    ],
    [
      { first: 5, before: cursorOf('b', false) },
      { count: 5, from: 'start', after: null, before: at('b'), complete: false },
    ],
    [
      { last: 5, after: cursorOf('a', false), before: cursorOf('b') },
      { count: 5, from: 'end', after: at('a'), before: at('b'), complete: false },
    ],
  ])('parses %j as %j', (args, window) => {
    expect(parseWindow(ordering, args)).toEqual(window)
  })

  it.each([
    { first: 0 },
    { first: 101 },
    { first: -1 },
    { last: 0 },
    { last: 101 },
    { last: -1 },
    { first: 1, last: 1 },
    { before: 'x' },
  ])('rejects %j', (args) => {
    expect(() => parseWindow(ordering, args)).toThrow(InputError)
  })
})

describe('toConnection', () => {
  const lists = [
    [{ id: 'a' }, { id: 'c' }, { id: 'e' }],
    [{ id: 'b' }, { id: 'd' }],
  ]
  const window = parseWindow(ordering, { first: 2, after: cursorOf('a') })
  const timeSlice = endlessTimeSlice
  const toNode = (row: { readonly id: string }, list: number) => `${row.id} of ${list}`

  it('returns a node and a cursor for each row of the page, and counts the rows of all pages', async () => {
    const { edges, pageInfo, totalCount, incompleteReasons } = await toConnection(lists, {
      ordering,
      window,
      toNode,
      timeSlice,
    })
    expect(edges.map(({ node }) => node)).toEqual(['b of 1', 'c of 0'])
    expect(edges.map(({ cursor }) => decodeCursor(ordering, cursor, 'after').position)).toEqual([at('b'), at('c')])
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: cursorOf('b'),
      endCursor: cursorOf('c'),
    })
    expect({ count: await totalCount(), incompleteReasons }).toEqual({ count: 5, incompleteReasons: [] })
  })

  it('counts only the accepted rows', async () => {
    const accepts = ({ id }: { readonly id: string }) => id > 'b'
    const { edges, pageInfo, totalCount } = await toConnection(lists, { ordering, window, toNode, accepts, timeSlice })
    expect(edges.map(({ node }) => node)).toEqual(['c of 0', 'd of 1'])
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    expect(await totalCount()).toBe(3)
  })

  it.each([
    [[], true, []],
    [[], false, [expect.stringContaining('A page before this one')]],
    [['a reason'], true, ['a reason']],
    [['a reason'], false, ['a reason', expect.stringContaining('A page before this one')]],
  ])(
    'with the reasons %j, after complete pages: %s, has the reasons %j, and its cursors are complete without any',
    async (read, before, expected) => {
      const options = { ordering, window: { ...window, complete: before }, toNode, incompleteReasons: read, timeSlice }
      const { edges, incompleteReasons } = await toConnection(lists, options)
      const isComplete = expected.length === 0
      expect(incompleteReasons).toEqual(expected)
      expect(edges.map(({ cursor }) => decodeCursor(ordering, cursor, 'after').complete)).toEqual([
        isComplete,
        isComplete,
      ])
    },
  )

  it('returns no cursors without rows', async () => {
    const { edges, pageInfo } = await toConnection(lists, {
      ordering,
      window: { ...window, after: at('z') },
      toNode,
      timeSlice,
    })
    expect({ edges, pageInfo }).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    })
  })
})
