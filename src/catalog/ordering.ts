/** Where a row stands: its sort key and, for ties, its id. */
export interface Position {
  readonly key: string | number | null
  readonly id: string
}

/** A total order of rows in which a position says where a row stands, whether or not the row is still there. */
export interface Ordering<Row> {
  /** Names the order; a cursor made in one order means nothing in another. */
  readonly name: string
  position(row: Row): Position
  /** Negative when `a` comes first. */
  compare(a: Position, b: Position): number
}

/** Orders by key in that direction; a missing key comes last in both; ties by id, ascending. */
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

/** The rows in that order; keys are computed once per row. */
export function sortRows<Row>(rows: readonly Row[], ordering: Ordering<Row>): readonly Row[] {
  return rows
    .map((row) => ({ row, at: ordering.position(row) }))
    .sort((a, b) => ordering.compare(a.at, b.at))
    .map(({ row }) => row)
}
