import { InputError } from '../input-error.ts'
import type { TimeSlice } from '../time-slice.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { keepPage, type Page } from './kept-pages.ts'
import type { ResultBasis } from './kept-results.ts'
import { countRows, mergeLists, type RowList, type Window } from './merge.ts'
import type { Ordering } from './ordering.ts'

/** The paging arguments of every connection (https://relay.dev/graphql/connections.htm). */
export interface ConnectionArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  /** Counts all rows, so it is called only when `totalCount` is selected. */
  readonly totalCount: () => number | Promise<number>
  /** Why rows may be missing on this page or on the pages before its cursor, one sentence each. */
  readonly incompleteReasons: readonly string[]
}

/** A window, and whether all pages up to it were complete. */
export interface RequestedWindow extends Window {
  readonly complete: boolean
}

export const defaultPageSize = 20
export const maxPageSize = 100

/**
 * Reads the paging arguments of a connection.
 * @throws InputError when they exclude each other or are out of range, or a cursor belongs to another order
 */
export function parseWindow(ordering: Pick<Ordering<never>, 'name'>, args: ConnectionArguments): RequestedWindow {
  const { first, last, after, before } = args
  if (typeof first === 'number' && typeof last === 'number') {
    throw new InputError('first and last: both given; expected one of them')
  }
  const from = typeof last === 'number' ? 'end' : 'start'
  const count = last ?? first ?? defaultPageSize
  if (count < 1 || count > maxPageSize) {
    throw new InputError(`${from === 'end' ? 'last' : 'first'}: expected 1 to ${maxPageSize}; found ${count}`)
  }
  // Typed clients send an empty text for a cursor that they do not have.
  const start = after ? decodeCursor(ordering, after, 'after') : null
  const end = before ? decodeCursor(ordering, before, 'before') : null
  const complete = (start?.complete ?? true) && (end?.complete ?? true)
  return { count, from, after: start?.position ?? null, before: end?.position ?? null, complete }
}

export interface ConnectionOptions<Row, Node> {
  readonly ordering: Ordering<Row>
  readonly window: RequestedWindow
  /** Row → node, given the index of the row's list and its index there. Called for the rows of the page only. */
  readonly toNode: (row: Row, list: number, index: number) => Node
  /** How many rows are accepted, if that is known without looking at each. */
  readonly count?: (() => number | Promise<number>) | undefined
  /** What the first and the last pages may be kept for; absent when they are made anew. */
  readonly basis?: ResultBasis | undefined
  /** Absent when every row is accepted. */
  readonly accepts?: ((row: Row) => boolean) | undefined
  readonly timeSlice: TimeSlice
  /** Why rows may be missing on this page, one sentence each. */
  readonly incompleteReasons?: readonly string[]
}

/** An edge whose cursor is encoded when it is selected. */
class LazyEdge<Row, Node> {
  readonly node: Node
  readonly #row: Row
  readonly #cursorOf: (row: Row) => string

  constructor(row: Row, node: Node, cursorOf: (row: Row) => string) {
    this.node = node
    this.#row = row
    this.#cursorOf = cursorOf
  }

  get cursor(): string {
    return this.#cursorOf(this.#row)
  }
}

/** It refers to the order alone: what is kept of a page must not keep all rows. */
function createCursors<Row>(ordering: Ordering<Row>, complete: boolean): (row: Row) => string {
  return (row) => encodeCursor(ordering, { position: ordering.position(row), complete })
}

const earlierPage = 'A page before this one was incomplete: start again without a cursor'

/** One page of sorted lists as a Relay connection, at once when the page is kept. */
export function toConnection<Row, Node>(
  lists: readonly RowList<Row>[],
  { ordering, window, toNode, basis, accepts, count, incompleteReasons = [], timeSlice }: ConnectionOptions<Row, Node>,
): Connection<Node> | Promise<Connection<Node>> {
  const reasons = window.complete ? incompleteReasons : [...incompleteReasons, earlierPage]
  const complete = reasons.length === 0
  const make = async (): Promise<Page<LazyEdge<Row, Node>>> => {
    const { rows, ...further } = await mergeLists(lists, ordering, window, timeSlice, accepts)
    const cursorOf = createCursors(ordering, complete)
    return {
      edges: rows.map(({ row, list, index }) => new LazyEdge(row, toNode(row, list, index), cursorOf)),
      ...further,
    }
  }
  const isKept = basis !== undefined && window.after === null && window.before === null
  const name = `${ordering.name} ${window.from} ${window.count} ${complete}`
  const page = isKept ? keepPage(basis, name, make) : make()
  const connect = ({ edges, hasNextPage, hasPreviousPage }: Page<LazyEdge<Row, Node>>): Connection<Node> => ({
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return edges.at(0)?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
    totalCount: count ?? (() => countRows(lists, timeSlice, accepts)),
    incompleteReasons: reasons,
  })
  return page instanceof Promise ? page.then(connect) : connect(page)
}
