import { describe, expect, it } from '@jest/globals'
import { changeKinds } from '../../src/changes/change.ts'
import { ChangeIndex, type ChangePosition, type ChangeSelection } from '../../src/changes/change-index.ts'

interface Row extends ChangePosition {
  readonly kind: (typeof changeKinds)[number]
  readonly place: string
}

/** Changes whose times are not in the order of their sequences, and of which some have the same time. */
const rows: readonly Row[] = Array.from({ length: 3_000 }, (_, index) => ({
  at: (index * 7_919) % 1_000,
  sequence: index + 1,
  kind: changeKinds[index % changeKinds.length] ?? 'APPEARED',
  place: `place ${index % 5}`,
}))

function createIndex(): ChangeIndex {
  const index = new ChangeIndex()
  for (const row of rows) index.add(row, row.kind, row.place)
  return index
}

const everything: ChangeSelection = { places: new Set(rows.map(({ place }) => place)), kinds: null, since: null }
const selections: readonly ChangeSelection[] = [
  everything,
  { ...everything, places: new Set(['place 1', 'place 3', 'other']) },
  { ...everything, kinds: ['EXPIRED', 'VANISHED'] },
  { ...everything, since: 500 },
  { places: new Set(['place 2']), kinds: ['ACTIVATED'], since: 250 },
  { ...everything, places: new Set() },
]

/** What the index should contain, found by sorting and filtering. */
function select({ places, kinds, since }: ChangeSelection, from: readonly Row[] = rows): readonly number[] {
  return from
    .filter(({ place, kind, at }) => places.has(place) && (!kinds || kinds.includes(kind)) && at >= (since ?? 0))
    .toSorted((one, other) => other.at - one.at || other.sequence - one.sequence)
    .map(({ sequence }) => sequence)
}

describe('the index of changes', () => {
  it.each(selections)('counts and pages through selection %#, in both directions', (selection) => {
    const index = createIndex()
    const expected = select(selection)
    expect(index.count(selection)).toBe(expected.length)
    for (const from of ['start', 'end'] as const) {
      const found: number[] = []
      let edge: ChangePosition | null = null
      for (let pages = 0; pages < 1_000; pages += 1) {
        const window = { count: 97, from, after: from === 'start' ? edge : null, before: from === 'end' ? edge : null }
        const page = index.page(selection, window)
        const sequences = page.rows.map(({ sequence }) => sequence)
        if (from === 'start') found.push(...sequences)
        else found.unshift(...sequences)
        const left = expected.length - found.length
        expect([page.hasNextPage, page.hasPreviousPage]).toEqual(
          from === 'start'
            ? [left > 0, pages > 0 && expected.length > 0]
            : [pages > 0 && expected.length > 0, left > 0],
        )
        edge = page.rows.at(from === 'start' ? -1 : 0) ?? null
        if (left === 0 || !edge) break
      }
      expect(found).toEqual(expected)
    }
  })

  it('removes the first changes by sequence', () => {
    const index = createIndex()
    index.removeThrough(1_234)
    const left = rows.filter(({ sequence }) => sequence > 1_234)
    for (const selection of selections) {
      const page = index.page(selection, { count: 5_000, from: 'start', after: null, before: null })
      expect(page.rows.map(({ sequence }) => sequence)).toEqual(select(selection, left))
    }
    index.removeThrough(3_000)
    expect([index.length, index.oldestAt]).toEqual([0, null])
  })
})
