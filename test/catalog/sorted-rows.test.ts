import { describe, expect, it } from '@jest/globals'
import { createOrdering, sortRows } from '../../src/catalog/ordering.ts'
import { SortedRows } from '../../src/catalog/sorted-rows.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { createRandom } from '../support/random.ts'

interface Row {
  readonly id: string
  readonly key: number | null
}

let positions = 0
const ordering = createOrdering<Row>('KEY:ASC', 'ASC', (row) => {
  positions += 1
  return row
})

/** Rows with few different keys, some of them null. */
function createRows(list: string, length: number, random: (below: number) => number): readonly Row[] {
  return Array.from({ length }, (_, index) => ({
    id: `${list} ${index}`,
    key: random(10) === 0 ? null : random(50),
  }))
}

function rowsOf(sorted: SortedRows<Row, string>): readonly (Row | undefined)[] {
  return Array.from({ length: sorted.length }, (_, index) => sorted.at(index))
}

describe('rows in one order', () => {
  it.each([1, 2, 3, 4])('are those of a complete sort after every change of lists (%i)', async (seed) => {
    const random = createRandom(seed)
    const lists = new Map<string, readonly Row[]>()
    let sorted = await SortedRows.create<Row, string>(ordering, [], endlessTimeSlice)
    for (let change = 0; change < 40; change += 1) {
      const name = `list ${random(6)}`
      const before = lists.get(name)
      // A list that is read again has new rows with the same ids.
      const after = random(5) === 0 ? undefined : createRows(name, random(1_500), random)
      sorted = await sorted.replace(
        before ? [{ rows: before, origin: name }] : [],
        after ? [{ rows: after, origin: name }] : [],
        endlessTimeSlice,
      )
      if (after) lists.set(name, after)
      else lists.delete(name)
      const expected = await sortRows([...lists.values()].flat(), ordering, endlessTimeSlice)
      expect(rowsOf(sorted)).toEqual(expected)
      for (const index of [0, sorted.length >> 1, sorted.length - 1]) {
        const row = sorted.at(index)
        if (row) expect(lists.get(sorted.originAt(index))).toContain(row)
      }
    }
  })

  it('keep an earlier order as it was', async () => {
    const rows = createRows('a', 100, createRandom(1))
    const sorted = await SortedRows.create(ordering, [{ rows, origin: 'a' }], endlessTimeSlice)
    const before = rowsOf(sorted)
    await sorted.replace([{ rows, origin: 'a' }], [], endlessTimeSlice)
    expect(rowsOf(sorted)).toEqual(before)
  })

  it('are changed by work in proportion to the changed list', async () => {
    const random = createRandom(1)
    const lists = Array.from({ length: 400 }, (_, index) => createRows(`${index}`, 100, random))
    const named = lists.map((rows, index) => ({ rows, origin: `${index}` }))
    const sorted = await SortedRows.create(ordering, named, endlessTimeSlice)
    const again = { rows: createRows('7', 100, random), origin: '7' }
    positions = 0
    const changed = await sorted.replace(named.slice(7, 8), [again], endlessTimeSlice)
    expect(changed.length).toBe(40_000)
    // Each of the 200 rows is looked for by binary search.
    expect(positions).toBeLessThan(200 * 25)
  })

  it('find rows that are equal in many lists', async () => {
    const lists = Array.from({ length: 3_000 }, (_, index) => ({ rows: [{ id: 'same', key: 1 }], origin: `${index}` }))
    const sorted = await SortedRows.create(ordering, lists, endlessTimeSlice)
    const left = await sorted.replace(lists.slice(1_000, 2_990), [], endlessTimeSlice)
    expect(left.length).toBe(1_010)
  })
})
