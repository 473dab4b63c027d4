import TinyQueue from 'tinyqueue'
import type { Ordering, Position } from './ordering.ts'

/** The requested part of an order: `count` rows from one end of the range between two positions. */
export interface Window {
  readonly count: number
  readonly from: 'start' | 'end'
  readonly after: Position | null
  readonly before: Position | null
}

export interface Slice<Row> {
  /** Each row with the index of its list. */
  readonly rows: readonly { readonly row: Row; readonly list: number }[]
  readonly hasPreviousPage: boolean
  readonly hasNextPage: boolean
}

/**
 * One page of many sorted lists. The start of the page is found in each list by binary search, and only the rows of the
 * page are merged: every page costs the same. A row that is added or removed elsewhere does not move the page.
 */
export function mergeLists<Row>(
  lists: readonly (readonly Row[])[],
  ordering: Ordering<Row>,
  window: Window,
  accepts: (row: Row) => boolean = () => true,
): Slice<Row> {
  const spans = lists.map((list, index) => {
    const start = window.after ? indexAfter(list, ordering, window.after, true) : 0
    const end = window.before ? indexAfter(list, ordering, window.before, false) : list.length
    return { list, index, start, end: Math.max(start, end) }
  })
  const forward = window.from === 'start'
  const rows: { row: Row; list: number }[] = []
  let more = false
  for (const head of walk(spans, ordering, forward ? 1 : -1)) {
    if (!accepts(head.row)) continue
    if (rows.length === window.count) {
      more = true
      break
    }
    rows.push({ row: head.row, list: head.span.index })
  }
  const earlier = () => spans.some(({ list, start }) => someFrom(list, start - 1, -1, accepts))
  const later = () => spans.some(({ list, end }) => someFrom(list, end, 1, accepts))
  return {
    rows: forward ? rows : rows.reverse(),
    hasPreviousPage: (!forward && more) || earlier(),
    hasNextPage: (forward && more) || later(),
  }
}

interface Span<Row> {
  readonly list: readonly Row[]
  readonly index: number
  readonly start: number
  readonly end: number
}

interface Head<Row> {
  readonly span: Span<Row>
  readonly index: number
  readonly row: Row
  readonly at: Position
}

/** The rows of all spans in order, or in reverse. */
function* walk<Row>(spans: readonly Span<Row>[], ordering: Ordering<Row>, step: 1 | -1): Generator<Head<Row>> {
  const headOf = (span: Span<Row>, index: number): readonly Head<Row>[] => {
    const row = span.list[index]
    if (row === undefined || index < span.start || index >= span.end) return []
    return [{ span, index, row, at: ordering.position(row) }]
  }
  const heads = spans.flatMap((span) => headOf(span, step === 1 ? span.start : span.end - 1))
  const queue = new TinyQueue<Head<Row>>(heads, (a, b) => step * ordering.compare(a.at, b.at))
  for (let head = queue.pop(); head; head = queue.pop()) {
    yield head
    for (const next of headOf(head.span, head.index + step)) queue.push(next)
  }
}

/** The index of the first row after a position; unless `strictly`, of the first row at or after it. */
function indexAfter<Row>(list: readonly Row[], ordering: Ordering<Row>, at: Position, strictly: boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = list[middle] as Row
    const order = ordering.compare(ordering.position(row), at)
    if (order < 0 || (strictly && order === 0)) low = middle + 1
    else high = middle
  }
  return low
}

function someFrom<Row>(list: readonly Row[], from: number, step: 1 | -1, accepts: (row: Row) => boolean): boolean {
  for (let index = from; index >= 0 && index < list.length; index += step) {
    if (accepts(list[index] as Row)) return true
  }
  return false
}
