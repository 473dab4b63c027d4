import { sortInSlices, type TimeSlice, visitInSlices } from '../time-slice.ts'

/** The position of a row: its sort key and, for ties, its id. */
export interface Position {
  readonly key: string | number | null
  readonly id: string
}

/** A total order of rows. A position stays valid when its row is removed. */
export interface Ordering<Row> {
  /** Part of every cursor: a cursor is valid in its own order only. */
  readonly name: string
  position(row: Row): Position
  /** Negative when `a` comes first. */
  compare(a: Position, b: Position): number
}

/** Orders by key, then by id in ascending order. A null key comes last in both directions. */
export function createOrdering<Row>(
  name: string,
  direction: 'ASC' | 'DESC',
  position: (row: Row) => Position,
): Ordering<Row> {
  const sign = direction === 'ASC' ? 1 : -1
  return {
    name,
    position,
    compare(a, b) {
      if (a.key !== b.key) {
        if (a.key === null) return 1
        if (b.key === null) return -1
        return a.key < b.key ? -sign : sign
      }
      return a.id === b.id ? 0 : a.id < b.id ? -1 : 1
    },
  }
}

/** Sorts rows in slices; each key is computed once. */
export async function sortRows<Row>(
  rows: readonly Row[],
  ordering: Ordering<Row>,
  timeSlice: TimeSlice,
): Promise<readonly Row[]> {
  const keyed: { row: Row; at: Position }[] = []
  await visitInSlices(rows, timeSlice, (row) => {
    keyed.push({ row, at: ordering.position(row) })
  })
  const sorted = await sortPositions(keyed, ordering, timeSlice)
  return sorted.map(({ row }) => row)
}

/**
 * Sorts what has a position, in slices. Many certificates expire in the same second: those with equal keys are put together
 * first, which takes half the time, because comparing ids is slow.
 */
export async function sortPositions<Item extends { readonly at: Position }>(
  items: readonly Item[],
  { compare }: Pick<Ordering<never>, 'compare'>,
  timeSlice: TimeSlice,
): Promise<readonly Item[]> {
  const compareItems = (a: Item, b: Item) => compare(a.at, b.at)
  const groups = new Map<Position['key'], Item[]>()
  await visitInSlices(items, timeSlice, (item) => {
    const group = groups.get(item.at.key)
    if (group) group.push(item)
    else groups.set(item.at.key, [item])
  })
  const sorted: Item[] = []
  for (const group of await sortInSlices([...groups.values()], timeSlice, ([a], [b]) =>
    compareItems(a as Item, b as Item),
  ))
    for (const item of group.length === 1 ? group : await sortInSlices(group, timeSlice, compareItems))
      sorted.push(item)
  return sorted
}
