import { describe, expect, it } from '@jest/globals'
import { mergeAll } from '../../src/catalog/merge.ts'
import { createOrdering } from '../../src/catalog/ordering.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { createShortSlices } from '../support/short-slices.ts'

interface Row {
  readonly id: string
  readonly key: number | null
}

const ordering = createOrdering<Row>('key', 'ASC', ({ key, id }) => ({ key, id }))

/** Sorted lists of different lengths, with equal keys and without. */
const lists = Array.from({ length: 7 }, (_, list) =>
  Array.from({ length: list * 150 }, (_, index): Row => {
    const key = index % 11 === 0 ? null : (index * 7_919) % 101
    return { id: `${list}-${index}`, key }
  }).sort((a, b) => ordering.compare(ordering.position(a), ordering.position(b))),
)
const inOrder = lists.flat().sort((a, b) => ordering.compare(ordering.position(a), ordering.position(b)))

async function collect(batches: ReturnType<typeof mergeAll<Row>>) {
  const all: { row: Row; list: number; index: number }[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

describe('all rows of sorted lists', () => {
  it('are in order, each with its list and its index there', async () => {
    const merged = await collect(mergeAll(lists, ordering, endlessTimeSlice))
    expect(merged.map(({ row }) => row)).toEqual(inOrder)
    for (const { row, list, index } of merged) expect(lists[list]?.[index]).toBe(row)
  })

  it('are those that are accepted', async () => {
    const accepts = ({ key }: Row) => key !== null && key > 90
    const merged = await collect(mergeAll(lists, ordering, endlessTimeSlice, accepts))
    expect(merged.map(({ row }) => row)).toEqual(inOrder.filter(accepts))
    expect(await collect(mergeAll(lists, ordering, endlessTimeSlice, () => false))).toEqual([])
    expect(await collect(mergeAll([], ordering, endlessTimeSlice))).toEqual([])
  })

  it('are merged in slices of a few rows, also where none is accepted', async () => {
    for (const accepts of [() => true, () => false]) {
      const { timeSlice, count } = createShortSlices()
      await collect(mergeAll(lists, ordering, timeSlice, accepts))
      expect(count()).toBeGreaterThanOrEqual(Math.floor(inOrder.length / 32) - lists.length)
    }
  })

  it('are merged as far as they are read', async () => {
    let visited = 0
    const accepts = () => {
      visited += 1
      return true
    }
    for await (const batch of mergeAll(lists, ordering, endlessTimeSlice, accepts)) {
      expect(batch).toHaveLength(32)
      break
    }
    expect(visited).toBeLessThan(100)
  })
})
