import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import { firstIndex, type RowList } from './merge.ts'
import { type Ordering, type Position, sortPositions } from './ordering.ts'

/** Rows that come from one list, such as that of a reading. */
export interface RowsOf<Row, Origin> {
  readonly rows: readonly Row[]
  readonly origin: Origin
}

/** A part of the order. It is never changed. */
interface Block<Row, Origin> {
  readonly rows: readonly Row[]
  /** Where each of the rows comes from. */
  readonly origins: readonly Origin[]
}

interface Entry<Row, Origin> {
  readonly row: Row
  readonly origin: Origin
  readonly at: Position
}

/** What is done to one block. */
interface BlockChange<Row, Origin> {
  readonly removed: Set<Row>
  readonly added: Entry<Row, Origin>[]
}

const blockLength = 512

/**
 * The rows of many lists in one order. It is never changed: a new one shares the blocks in which no row was added or removed.
 * It takes 16 bytes per row.
 */
export class SortedRows<Row, Origin> implements RowList<Row> {
  readonly length: number
  readonly #ordering: Ordering<Row>
  readonly #blocks: readonly Block<Row, Origin>[]
  /** The index of the first row of each block. */
  readonly #starts: readonly number[]

  private constructor(ordering: Ordering<Row>, blocks: readonly Block<Row, Origin>[]) {
    this.#ordering = ordering
    this.#blocks = blocks
    let length = 0
    this.#starts = blocks.map(({ rows }) => {
      length += rows.length
      return length - rows.length
    })
    this.length = length
  }

  /** Sorts the rows of lists, in slices. */
  static async create<Row, Origin>(
    ordering: Ordering<Row>,
    lists: Iterable<RowsOf<Row, Origin>>,
    timeSlice: TimeSlice,
  ): Promise<SortedRows<Row, Origin>> {
    const entries = await toEntries(ordering, lists, timeSlice)
    const sorted = await sortPositions(entries, ordering, timeSlice)
    return new SortedRows(ordering, toBlocks(sorted))
  }

  at(index: number): Row | undefined {
    const block = this.#blockAt(index)
    return this.#blocks[block]?.rows[index - (this.#starts[block] as number)]
  }

  /** Where the row at an index comes from. */
  originAt(index: number): Origin {
    const block = this.#blockAt(index)
    return this.#blocks[block]?.origins[index - (this.#starts[block] as number)] as Origin
  }

  /** The same order without the rows of some lists, and with those of others. The work is in proportion to these rows. */
  async replace(
    removed: Iterable<RowsOf<Row, unknown>>,
    added: Iterable<RowsOf<Row, Origin>>,
    timeSlice: TimeSlice,
  ): Promise<SortedRows<Row, Origin>> {
    const changes = new Map<number, BlockChange<Row, Origin>>()
    const changeOf = (block: number) => {
      const change = changes.get(block) ?? { removed: new Set(), added: [] }
      changes.set(block, change)
      return change
    }
    for (const { rows } of removed) {
      await visitInSlices(rows, timeSlice, (row) => {
        changeOf(this.#blockOf(row)).removed.add(row)
      })
    }
    const entries = await toEntries(this.#ordering, added, timeSlice)
    const sorted = await sortPositions(entries, this.#ordering, timeSlice)
    await visitInSlices(sorted, timeSlice, (entry) => {
      changeOf(this.#blockFor(entry.at)).added.push(entry)
    })
    return this.#withChanges(changes, timeSlice)
  }

  async #withChanges(
    changes: ReadonlyMap<number, BlockChange<Row, Origin>>,
    timeSlice: TimeSlice,
  ): Promise<SortedRows<Row, Origin>> {
    const blocks: Block<Row, Origin>[] = []
    let copied = 0
    for (const index of [...changes.keys()].sort((a, b) => a - b)) {
      if (timeSlice.isOver()) await timeSlice.next()
      for (; copied < index; copied += 1) blocks.push(this.#blocks[copied] as Block<Row, Origin>)
      copied += 1
      const changed = changeBlock(this.#ordering, this.#blocks[index], changes.get(index) as BlockChange<Row, Origin>)
      const last = blocks.at(-1)
      // Blocks that have become small are joined.
      if (last && last.rows.length + changed.rows.length <= blockLength) blocks[blocks.length - 1] = join(last, changed)
      else blocks.push(...split(changed))
    }
    for (; copied < this.#blocks.length; copied += 1) blocks.push(this.#blocks[copied] as Block<Row, Origin>)
    return new SortedRows(this.#ordering, blocks)
  }

  #blockAt(index: number): number {
    return firstIndex(this.#starts, (start) => start > index) - 1
  }

  /** The block that a new row belongs to. */
  #blockFor(at: Position): number {
    const next = firstIndex(this.#blocks, ({ rows }) => this.#ordering.compare(this.#position(rows[0] as Row), at) > 0)
    return Math.max(0, next - 1)
  }

  /** The block that contains a row. */
  #blockOf(row: Row): number {
    const at = this.#position(row)
    let block = firstIndex(
      this.#blocks,
      ({ rows }) => this.#ordering.compare(this.#position(rows[rows.length - 1] as Row), at) >= 0,
    )
    // Rows at the same position may be in two blocks.
    while (block < this.#blocks.length && !this.#blocks[block]?.rows.includes(row)) block += 1
    return block
  }

  #position(row: Row): Position {
    return this.#ordering.position(row)
  }
}

async function toEntries<Row, Origin>(
  ordering: Ordering<Row>,
  lists: Iterable<RowsOf<Row, Origin>>,
  timeSlice: TimeSlice,
): Promise<readonly Entry<Row, Origin>[]> {
  const entries: Entry<Row, Origin>[] = []
  for (const { rows, origin } of lists) {
    await visitInSlices(rows, timeSlice, (row) => {
      entries.push({ row, origin, at: ordering.position(row) })
    })
  }
  return entries
}

function toBlocks<Row, Origin>(sorted: readonly Entry<Row, Origin>[]): readonly Block<Row, Origin>[] {
  const blocks: Block<Row, Origin>[] = []
  for (let start = 0; start < sorted.length; start += blockLength) {
    const entries = sorted.slice(start, start + blockLength)
    blocks.push({ rows: entries.map(({ row }) => row), origins: entries.map(({ origin }) => origin) })
  }
  return blocks
}

function changeBlock<Row, Origin>(
  ordering: Ordering<Row>,
  block: Block<Row, Origin> = { rows: [], origins: [] },
  { removed, added }: BlockChange<Row, Origin>,
): Block<Row, Origin> {
  const isLeft = (row: Row | undefined) => removed.size === 0 || !removed.has(row as Row)
  const left = block.rows.filter(isLeft)
  const leftOrigins = block.origins.filter((_origin, index) => isLeft(block.rows[index]))
  if (added.length === 0) return { rows: left, origins: leftOrigins }
  const rows: Row[] = []
  const origins: Origin[] = []
  let copied = 0
  const copyTo = (end: number) => {
    for (; copied < end; copied += 1) {
      rows.push(left[copied] as Row)
      origins.push(leftOrigins[copied] as Origin)
    }
  }
  for (const { row, origin, at } of added) {
    copyTo(firstIndex(left, (other) => ordering.compare(ordering.position(other), at) > 0))
    rows.push(row)
    origins.push(origin)
  }
  copyTo(left.length)
  return { rows, origins }
}

function join<Row, Origin>(first: Block<Row, Origin>, second: Block<Row, Origin>): Block<Row, Origin> {
  return { rows: [...first.rows, ...second.rows], origins: [...first.origins, ...second.origins] }
}

/** A block that has become long, in two or more. */
function split<Row, Origin>({ rows, origins }: Block<Row, Origin>): readonly Block<Row, Origin>[] {
  if (rows.length === 0) return []
  if (rows.length <= 2 * blockLength) return [{ rows, origins }]
  const blocks: Block<Row, Origin>[] = []
  for (let start = 0; start < rows.length; start += blockLength) {
    const end = start + blockLength
    blocks.push({ rows: rows.slice(start, end), origins: origins.slice(start, end) })
  }
  return blocks
}
