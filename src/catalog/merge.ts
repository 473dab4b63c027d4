import TinyQueue from 'tinyqueue'
import { rowsPerLook, type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { Ordering, Position } from './ordering.ts'

/** The requested part of an order: `count` rows from one end of the range between two positions. */
export interface Window {
  readonly count: number
  readonly from: 'start' | 'end'
  readonly after: Position | null
  readonly before: Position | null
}

/** Rows in order. An array is one. */
export interface RowList<Row> {
  readonly length: number
  at(index: number): Row | undefined
}

/** A row of a page, with the index of its list and its index there. */
interface MergedRow<Row> {
  readonly row: Row
  readonly list: number
  readonly index: number
}

export interface Slice<Row> {
  readonly rows: readonly MergedRow<Row>[]
  readonly hasPreviousPage: boolean
  readonly hasNextPage: boolean
}

/**
 * One page of many sorted lists, made in slices. The start of the page is found in each list by binary search, and only the
 * rows of the page are merged: every page costs the same. A row that is added or removed elsewhere does not move the page.
 * @param accepts absent when every row is accepted
 */
export async function mergeLists<Row>(
  lists: readonly RowList<Row>[],
  ordering: Ordering<Row>,
  window: Window,
  timeSlice: TimeSlice,
  accepts?: (row: Row) => boolean,
): Promise<Slice<Row>> {
  const spans: Span<Row>[] = []
  await visitInSlices(lists, timeSlice, (list, index) => {
    const start = window.after ? indexAfter(list, ordering, window.after, true) : 0
    const end = window.before ? indexAfter(list, ordering, window.before, false) : list.length
    spans.push({ list, index, start, end: Math.max(start, end) })
  })
  const forward = window.from === 'start'
  const find = createScan(timeSlice, accepts)
  const merged = await takeFirst(spans, { ordering, step: forward ? 1 : -1, find, count: window.count + 1 })
  const more = merged.length > window.count
  const rows = more ? merged.slice(0, window.count) : merged
  return {
    rows: forward ? rows : [...rows].reverse(),
    hasPreviousPage: (!forward && more) || (await someSpan(spans, ({ list, start }) => find(list, start - 1, -1, -1))),
    hasNextPage: (forward && more) || (await someSpan(spans, ({ list, end }) => find(list, end, list.length, 1))),
  }
}

/** Rows of each batch of `mergeAll`. */
const batchLength = rowsPerLook

/**
 * All rows of many sorted lists in order, in batches, as the pages of `mergeLists` have them. The lists are not copied.
 * @param accepts absent when every row is accepted
 */
export async function* mergeAll<Row>(
  lists: readonly RowList<Row>[],
  ordering: Ordering<Row>,
  timeSlice: TimeSlice,
  accepts?: (row: Row) => boolean,
): AsyncGenerator<readonly MergedRow<Row>[], void, undefined> {
  const find = createScan(timeSlice, accepts)
  const queue = new TinyQueue<Head<Row>>([], (a, b) => ordering.compare(a.at, b.at))
  const push = createPush(queue, { ordering, step: 1, find })
  for (const [index, list] of lists.entries()) {
    const pushing = push({ list, index, start: 0, end: list.length }, 0)
    if (pushing instanceof Promise) await pushing
  }
  let batch: MergedRow<Row>[] = []
  for (let head = queue.pop(); head; head = queue.pop()) {
    batch.push(head)
    if (batch.length === batchLength) {
      yield batch
      batch = []
      if (timeSlice.isOver()) await timeSlice.next()
    }
    const pushing = push(head.span, head.index + 1)
    if (pushing instanceof Promise) await pushing
  }
  if (batch.length > 0) yield batch
}

interface Span<Row> {
  readonly list: RowList<Row>
  readonly index: number
  readonly start: number
  readonly end: number
}

interface Head<Row> extends MergedRow<Row> {
  readonly span: Span<Row>
  readonly at: Position
}

interface Walk<Row> {
  readonly ordering: Ordering<Row>
  readonly step: 1 | -1
  readonly find: Scan<Row>
  readonly count: number
}

/** The first accepted rows of all spans in order, or in reverse. */
async function takeFirst<Row>(spans: readonly Span<Row>[], walk: Walk<Row>): Promise<readonly MergedRow<Row>[]> {
  const { ordering, step, count } = walk
  const [span, ...others] = spans
  if (span && others.length === 0) return takeFrom(span, walk)
  const queue = new TinyQueue<Head<Row>>([], (a, b) => step * ordering.compare(a.at, b.at))
  const pushFrom = createPush(queue, walk)
  for (const span of spans) {
    const pushing = pushFrom(span, step === 1 ? span.start : span.end - 1)
    if (pushing instanceof Promise) await pushing
  }
  const taken: MergedRow<Row>[] = []
  for (let head = queue.pop(); head; head = queue.pop()) {
    taken.push(head)
    if (taken.length === count) break
    const pushing = pushFrom(head.span, head.index + step)
    if (pushing instanceof Promise) await pushing
  }
  return taken
}

/** Creates the function that adds the first accepted row of a span from an index on. */
function createPush<Row>(
  queue: TinyQueue<Head<Row>>,
  { ordering, step, find }: Pick<Walk<Row>, 'ordering' | 'step' | 'find'>,
): (span: Span<Row>, from: number) => undefined | Promise<void> {
  const push = (span: Span<Row>, index: number): void => {
    const row = index === notFound ? undefined : span.list.at(index)
    if (row !== undefined) queue.push({ span, list: span.index, index, row, at: ordering.position(row) })
  }
  // A promise for each row would take longer than the row.
  return (span, from) => {
    const found = find(span.list, from, step === 1 ? span.end : span.start - 1, step)
    if (typeof found !== 'number') return found.then((index) => push(span, index))
    push(span, found)
    return undefined
  }
}

/** The same for one list. */
async function takeFrom<Row>(span: Span<Row>, { step, find, count }: Walk<Row>): Promise<readonly MergedRow<Row>[]> {
  const taken: MergedRow<Row>[] = []
  const end = step === 1 ? span.end : span.start - 1
  for (let from = step === 1 ? span.start : span.end - 1; taken.length < count; ) {
    const found = find(span.list, from, end, step)
    const index = typeof found === 'number' ? found : await found
    if (index === notFound) break
    taken.push({ list: span.index, index, row: span.list.at(index) as Row })
    from = index + step
  }
  return taken
}

async function someSpan<Row>(
  spans: readonly Span<Row>[],
  find: (span: Span<Row>) => number | Promise<number>,
): Promise<boolean> {
  for (const span of spans) {
    const found = find(span)
    if ((typeof found === 'number' ? found : await found) !== notFound) return true
  }
  return false
}

const notFound = -1

/** Finds the first accepted row from one index up to another, which is not part of the range. */
type Scan<Row> = (list: RowList<Row>, from: number, to: number, step: 1 | -1) => number | Promise<number>

function createScan<Row>(timeSlice: TimeSlice, accepts?: (row: Row) => boolean): Scan<Row> {
  if (!accepts) return (_list, from, to) => (from === to ? notFound : from)
  let visited = 0
  const scan: Scan<Row> = (list, from, to, step) => {
    for (let index = from; index !== to; index += step) {
      visited += 1
      if (visited % rowsPerLook === 0 && timeSlice.isOver()) {
        return timeSlice
          .next()
          .then(() => (accepts(list.at(index) as Row) ? index : scan(list, index + step, to, step)))
      }
      if (accepts(list.at(index) as Row)) return index
    }
    return notFound
  }
  return scan
}

/** The index of the first row after a position; unless `strictly`, of the first row at or after it. */
function indexAfter<Row>(list: RowList<Row>, ordering: Ordering<Row>, at: Position, strictly: boolean): number {
  return firstIndex(list, (row) => {
    const order = ordering.compare(ordering.position(row), at)
    return order > 0 || (!strictly && order === 0)
  })
}

/** The index of the first item that is accepted, by binary search: all items after it are accepted too. */
export function firstIndex<Item>(list: RowList<Item>, accepts: (item: Item) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (accepts(list.at(middle) as Item)) high = middle
    else low = middle + 1
  }
  return low
}

/** The number of rows, of those that are accepted if there is a test, counted in slices. */
export async function countRows<Row>(
  lists: readonly RowList<Row>[],
  timeSlice: TimeSlice,
  accepts?: (row: Row) => boolean,
): Promise<number> {
  let count = 0
  for (const list of lists) {
    if (!accepts) count += list.length
    else {
      for (let index = 0; index < list.length; index += 1) {
        if (index % rowsPerLook === 0 && timeSlice.isOver()) await timeSlice.next()
        if (accepts(list.at(index) as Row)) count += 1
      }
    }
  }
  return count
}
