import { describe, expect, it } from '@jest/globals'
import { type ConnectionOptions, parseWindow, toConnection } from '../../src/catalog/connection.ts'
import { encodeCursor } from '../../src/catalog/cursor.ts'
import type { ResultBasis } from '../../src/catalog/kept-results.ts'
import { createOrdering } from '../../src/catalog/ordering.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

interface Row {
  readonly id: string
}

const ordering = createOrdering<Row>('ID:ASC', 'ASC', ({ id }) => ({ key: id, id }))
const rows: readonly Row[] = ['a', 'b', 'c'].map((id) => ({ id }))

/** Makes a page, and returns it with the number of nodes that were made for it. */
async function page(basis: ResultBasis | undefined, options: Partial<ConnectionOptions<Row, string>> = {}) {
  let made = 0
  const toNode = ({ id }: Row) => {
    made += 1
    return `node ${id}`
  }
  const window = parseWindow(ordering, { first: 2 })
  const connection = await toConnection<Row, string>([rows], {
    ordering,
    window,
    toNode,
    basis,
    timeSlice: endlessTimeSlice,
    ...options,
  })
  return { made, nodes: connection.edges.map(({ node }) => node), connection }
}

describe('a page with a basis', () => {
  it('is made once while the basis is the same', async () => {
    const [first, second] = [{}, {}]
    expect(await page({ of: [first, second], state: '' })).toMatchObject({ made: 2, nodes: ['node a', 'node b'] })
    const again = await page({ of: [first, second], state: '' })
    expect(again).toMatchObject({ made: 0, nodes: ['node a', 'node b'] })
    expect(again.connection.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  })

  it('is made again when an object or the state of the basis is another one', async () => {
    const [first, second] = [{}, {}]
    const bases: readonly ResultBasis[] = [
      { of: [first, second], state: '' },
      { of: [{}, second], state: '' },
      { of: [first, {}], state: '' },
      { of: [first], state: '' },
      { of: [first, second], state: 'stale' },
    ]
    for (const basis of bases) expect((await page(basis)).made).toBe(2)
  })

  it('is made again for another window or order, and with other cursors when rows may be missing', async () => {
    const basis: ResultBasis = { of: [{}], state: '' }
    const descending = createOrdering<Row>('ID:DESC', 'DESC', ({ id }) => ({ key: id, id }))
    const { connection: complete } = await page(basis)
    expect((await page(basis, { ordering: descending })).made).toBe(2)
    expect((await page(basis, { window: parseWindow(ordering, { last: 2 }) })).nodes).toEqual(['node b', 'node c'])
    expect((await page(basis, { window: parseWindow(ordering, { first: 1 }) })).nodes).toEqual(['node a'])
    const { connection: incomplete } = await page(basis, { incompleteReasons: ['A place failed'] })
    const cursors = [complete, incomplete].map(({ pageInfo }) => pageInfo.endCursor)
    expect(cursors).toEqual(
      [true, false].map((each) => encodeCursor(ordering, { position: { key: 'b', id: 'b' }, complete: each })),
    )
  })

  it('is made for each operation when it begins at a cursor, or has no basis', async () => {
    const basis: ResultBasis = { of: [{}], state: '' }
    const after = encodeCursor(ordering, { position: { key: 'a', id: 'a' }, complete: true })
    const window = parseWindow(ordering, { first: 2, after })
    for (const _ of [1, 2]) {
      expect(await page(basis, { window })).toMatchObject({ made: 2, nodes: ['node b', 'node c'] })
      expect((await page(undefined)).made).toBe(2)
    }
  })

  it('is made again after 5,000 rows of other pages', async () => {
    const basis: ResultBasis = { of: [{}], state: '' }
    await page(basis)
    for (let rowCount = 0; rowCount < 5_100; rowCount += 3) await page({ of: [{}], state: '' })
    expect((await page(basis)).made).toBe(2)
  })
})
