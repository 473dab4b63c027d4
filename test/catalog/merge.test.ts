import { describe, expect, it } from '@jest/globals'
import { mergeLists, type Window } from '../../src/catalog/merge.ts'
import { createOrdering, sortRows } from '../../src/catalog/ordering.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

interface Row {
  readonly id: string
  readonly key: number | null
}

/** A window between two rows, by their numbers. */
interface NumberedWindow {
  readonly after: number | null
  readonly before: number | null
  readonly count: number
  readonly from: Window['from']
}

const numbers = [0, 1, 2, 3, 4]
const sides = ['start', 'end'] as const

/** The keys of five rows in order: some are equal, some are null. */
const directions = [
  ['ASC', [1, 2, 2, null, null]],
  ['DESC', [2, 2, 1, null, null]],
] as const

/** Every way to distribute the rows over three lists, each list in order. */
function* distributions(rows: readonly Row[]): Generator<readonly (readonly Row[])[]> {
  for (let deal = 0; deal < 3 ** rows.length; deal += 1) {
    yield [0, 1, 2].map((list) => rows.filter((_, index) => Math.floor(deal / 3 ** index) % 3 === list))
  }
}

function* windows(): Generator<NumberedWindow> {
  for (const after of [null, ...numbers]) {
    for (const before of [null, ...numbers]) {
      if (after !== null && before !== null && after >= before) continue
      for (const count of [1, 2, 6]) for (const from of sides) yield { after, before, count, from }
    }
  }
}

describe.each(directions)('a page of merged lists, %s', (direction, keys) => {
  const ordering = createOrdering<Row>(`KEY:${direction}`, direction, (row) => row)
  const rows = keys.map((key, index): Row => ({ key, id: String(index) }))
  const at = (index: number | null) => (index === null ? null : ordering.position(rows[index] as Row))

  /** The same page, taken from the whole list by index. */
  function pageOf(accepted: readonly Row[], { after, before, count, from }: NumberedWindow) {
    const within = accepted.filter(
      (row) => (after === null || Number(row.id) > after) && (before === null || Number(row.id) < before),
    )
    const page = from === 'start' ? within.slice(0, count) : within.slice(-count)
    const first =
      page.length > 0
        ? accepted.indexOf(page[0] as Row)
        : accepted.filter((row) => after !== null && Number(row.id) <= after).length
    return {
      ids: page.map(({ id }) => id).join(),
      hasPreviousPage: first > 0,
      hasNextPage: first + page.length < accepted.length,
    }
  }

  it.each<[string, (row: Row) => boolean]>([
    ['no row filtered out', () => true],
    ['every other row filtered out', ({ id }) => Number(id) % 2 === 0],
    ['all but the third filtered out', ({ id }) => id === '2'],
    ['all rows filtered out', () => false],
  ])('is exact for every window and every distribution of the rows, with %s', async (_, accepts) => {
    const wrong: unknown[] = []
    const accepted = rows.filter(accepts)
    for (const lists of distributions(rows)) {
      for (const window of windows()) {
        const page = await mergeLists(
          lists,
          ordering,
          { ...window, after: at(window.after), before: at(window.before) },
          endlessTimeSlice,
          accepts,
        )
        const { hasPreviousPage, hasNextPage } = page
        const actual = { ids: page.rows.map(({ row }) => row.id).join(), hasPreviousPage, hasNextPage }
        const expected = pageOf(accepted, window)
        if (JSON.stringify(actual) !== JSON.stringify(expected)) wrong.push({ window, actual, expected })
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('keeps its position when the row of the cursor is removed', async () => {
    for (const gone of numbers) {
      const remaining = rows.filter((row) => row.id !== String(gone))
      const page = async (from: Window['from'], after: number | null, before: number | null) => {
        const window = { count: 9, from, after: at(after), before: at(before) }
        const { rows: found } = await mergeLists([remaining], ordering, window, endlessTimeSlice)
        return found.map(({ row }) => Number(row.id))
      }
      expect(await page('start', gone, null)).toEqual(numbers.filter((id) => id > gone))
      expect(await page('end', null, gone)).toEqual(numbers.filter((id) => id < gone))
    }
  })

  it('has the list of each row', async () => {
    const lists = [rows.filter(({ id }) => id < '3'), [], rows.filter(({ id }) => id >= '3')]
    const window: Window = { count: 4, from: 'start', after: at(0), before: null }
    const { rows: page } = await mergeLists(lists, ordering, window, endlessTimeSlice)
    expect(page.map(({ row, list }) => `${row.id} in ${list}`)).toEqual(['1 in 0', '2 in 0', '3 in 2', '4 in 2'])
  })

  it('is empty, with no page before or after it, when there are no lists', async () => {
    const nothing = { rows: [], hasPreviousPage: false, hasNextPage: false }
    for (const from of sides) {
      const window = { count: 1, from, after: at(1), before: at(3) }
      expect(await mergeLists<Row>([], ordering, window, endlessTimeSlice)).toEqual(nothing)
      const all = { count: 1, from, after: null, before: null }
      expect(await mergeLists<Row>([[], []], ordering, all, endlessTimeSlice)).toEqual(nothing)
    }
  })

  it('merges lists that sortRows has put in order', async () => {
    for (const shuffled of [[...rows].reverse(), [3, 1, 0, 4, 2].map((index) => rows[index] as Row)]) {
      expect(await sortRows(shuffled, ordering, endlessTimeSlice)).toEqual(rows)
    }
  })

  it('reads few rows besides those of the page, however long the lists are', async () => {
    const long = Array.from({ length: 50_000 }, (_, index): Row => ({ key: 7, id: String(index).padStart(5, '0') }))
    for (const start of [0, 25_000, 49_900]) {
      let positions = 0
      const counting = createOrdering<Row>('KEY', direction, (row) => {
        positions += 1
        return row
      })
      const after = start > 0 ? { key: 7, id: String(start - 1).padStart(5, '0') } : null
      const window: Window = { count: 20, from: 'start', after, before: null }
      const page = await mergeLists([long], counting, window, endlessTimeSlice)
      expect(page.rows[0]?.row.id).toBe(String(start).padStart(5, '0'))
      expect(positions).toBeLessThan(50)
    }
  })
})
