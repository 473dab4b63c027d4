import type { Certificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import { CountSum } from '../catalog/list-counts.ts'
import type { Ordering } from '../catalog/ordering.ts'
import { SharedValue } from '../catalog/shared-value.ts'
import { type RowsOf, SortedRows } from '../catalog/sorted-rows.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { CertificateHolder, PlacedCertificate, Source } from './place.ts'
import type { Settled } from './source.ts'

type List = CertificateList<PlacedCertificate>
export type ListReading = Reading<List>
export type PlaceState = Settled<List>
type Order = SortedRows<PlacedCertificate, ListReading>

/** The rows of a list that are in an order. */
export type Rows = 'all' | 'present'
type Sums = Readonly<Record<Rows, SharedValue<CountSum>>>

/** An order that was used. It is kept for later versions. */
interface KeptOrder {
  readonly rows: Rows
  readonly ordering: Ordering<Certificate>
  readonly order: SharedValue<Order>
}

/** An order takes 16 bytes per certificate. */
const maxOrders = 6

/** The lists of some places as one operation has read them, with their common orders. It is never changed. */
export class CatalogueVersion {
  static readonly empty = new CatalogueVersion([], new Map(), [], new Map())

  readonly places: readonly CertificateHolder[]
  /** In the order of the places. */
  readonly states: readonly PlaceState[]
  /** The sources that are incomplete or stale, in the order of the places. */
  readonly problems: readonly Source[]
  readonly #indexes: ReadonlyMap<string, number>
  /** The least recently used first. */
  readonly #orders: Map<string, KeptOrder>
  /** The readings that are served with an error, by their lists. */
  readonly #stale: ReadonlyMap<List, ListReading>
  readonly #sums: Sums
  #sources: readonly Source[] | null = null

  private constructor(
    places: readonly CertificateHolder[],
    indexes: ReadonlyMap<string, number>,
    states: readonly PlaceState[],
    orders: Map<string, KeptOrder>,
    sums: Sums = { all: new SharedValue(), present: new SharedValue() },
    troubled: readonly PlaceState[] = [],
  ) {
    this.places = places
    this.states = states
    this.problems = troubled.map(({ source }) => source)
    this.#indexes = indexes
    this.#orders = orders
    this.#sums = sums
    this.#stale = new Map(troubled.flatMap(({ reading }) => (reading?.error ? [[reading.value, reading]] : [])))
  }

  get sources(): readonly Source[] {
    this.#sources ??= this.states.map(({ source }) => source)
    return this.#sources
  }

  stateOf(readingKey: string): PlaceState | null {
    const index = this.#indexes.get(readingKey)
    return index === undefined ? null : (this.states[index] ?? null)
  }

  /** The reading of a row of an order. */
  readingOf(origin: ListReading): ListReading {
    return this.#stale.size === 0 ? origin : (this.#stale.get(origin.value) ?? origin)
  }

  /** Whether `sorted` returns an order that exists. */
  hasSorted(rows: Rows, ordering: Ordering<Certificate>): boolean {
    return this.#orders.get(`${ordering.name} ${rows}`)?.order.current instanceof SortedRows
  }

  /** The rows of all lists in order, or those that are not soft-deleted. */
  sorted(rows: Rows, ordering: Ordering<Certificate>, timeSlice: TimeSlice): Order | Promise<Order> {
    const name = `${ordering.name} ${rows}`
    const kept = this.#orders.get(name) ?? { rows, ordering, order: new SharedValue<Order>() }
    this.#orders.delete(name)
    this.#orders.set(name, kept)
    const [oldest] = this.#orders.keys()
    if (this.#orders.size > maxOrders && oldest !== undefined) this.#orders.delete(oldest)
    return kept.order.get(timeSlice, (shared) =>
      SortedRows.create<PlacedCertificate, ListReading>(ordering, this.states.flatMap(toRows(rows)), shared),
    )
  }

  /** The counts of all lists, or of their rows that are not soft-deleted. */
  counts(rows: Rows, timeSlice: TimeSlice): CountSum | Promise<CountSum> {
    return this.#sums[rows].get(timeSlice, (shared) => CountSum.empty.replace([], this.lists(rows), shared))
  }

  lists(rows: Rows): readonly (readonly PlacedCertificate[])[] {
    return this.states.flatMap(toRows(rows)).map((list) => list.rows)
  }

  /** The lists that an earlier version of the catalogue had, and those that this one has instead. */
  changesSince(before: CatalogueVersion | undefined, rows: Rows) {
    if (before === this) return { removed: [], added: [] }
    const listsOf = (states: readonly PlaceState[] = []) => states.flatMap(toRows(rows))
    const [earlier, present] = [listsOf(before?.states), listsOf(this.states)]
    const without = (lists: typeof earlier, others: typeof earlier) => {
      const known = new Set(others.map(({ origin }) => origin.value))
      return lists.filter(({ origin }) => !known.has(origin.value))
    }
    return { removed: without(earlier, present), added: without(present, earlier) }
  }

  /** The version after some places were read again. The work is in proportion to their lists, unless there are other places. */
  async next(
    places: readonly CertificateHolder[],
    read: ReadonlyMap<string, PlaceState>,
    timeSlice: TimeSlice,
  ): Promise<CatalogueVersion> {
    const isSame = places === this.places
    const indexes = isSame ? this.#indexes : new Map(places.map(({ readingKey }, index) => [readingKey, index]))
    const states = isSame ? [...this.states] : places.map((place) => withPlace(this.#stateIn(read, place), place))
    if (isSame) for (const [key, state] of read) states[indexes.get(key) as number] = state
    const changed = isSame ? [...read.keys()] : new Set([...this.#indexes.keys(), ...indexes.keys()])
    const removed: PlaceState[] = []
    const added: PlaceState[] = []
    for (const key of changed) {
      const [before, after] = [this.stateOf(key), states[indexes.get(key) ?? -1]]
      if (before?.reading?.value === after?.reading?.value) continue
      if (before) removed.push(before)
      if (after) added.push(after)
    }
    const orders = await this.#ordersAfter(removed, added, timeSlice)
    const sums = await this.#sumsAfter(removed, added, timeSlice)
    return new CatalogueVersion(places, indexes, states, orders, sums, states.filter(isTroubled))
  }

  #stateIn(read: ReadonlyMap<string, PlaceState>, { readingKey }: CertificateHolder): PlaceState {
    const state = read.get(readingKey) ?? this.stateOf(readingKey)
    if (!state) throw new Error(`${readingKey} was not read`)
    return state
  }

  async #sumsAfter(removed: readonly PlaceState[], added: readonly PlaceState[], timeSlice: TimeSlice): Promise<Sums> {
    if (removed.length === 0 && added.length === 0) return this.#sums
    const sums: Sums = { all: new SharedValue(), present: new SharedValue() }
    for (const rows of ['all', 'present'] as const) {
      const current = this.#sums[rows].current
      const [before, after] = [removed, added].map((states) => states.flatMap(toRows(rows)).map((list) => list.rows))
      if (current) await sums[rows].get(timeSlice, (shared) => current.replace(before ?? [], after ?? [], shared))
    }
    return sums
  }

  async #ordersAfter(removed: readonly PlaceState[], added: readonly PlaceState[], timeSlice: TimeSlice) {
    if (removed.length === 0 && added.length === 0) return new Map(this.#orders)
    const orders = new Map<string, KeptOrder>()
    for (const [name, { rows, ordering, order }] of this.#orders) {
      const current = order.current
      const [before, after] = [removed.flatMap(toRows(rows)), added.flatMap(toRows(rows))]
      // A new order costs less than changes to a quarter of the rows. It is made when it is used.
      if (!current || 4 * (count(before) + count(after)) > current.length) continue
      const next = new SharedValue<Order>()
      await next.get(timeSlice, (shared) => current.replace(before, after, shared))
      orders.set(name, { rows, ordering, order: next })
    }
    return orders
  }
}

/** The reading of a row of an order that was made of several versions. */
export function readingIn(versions: readonly CatalogueVersion[], origin: ListReading): ListReading {
  for (const version of versions) {
    const reading = version.readingOf(origin)
    if (reading !== origin) return reading
  }
  return origin
}

function toRows(rows: Rows) {
  return ({ reading }: PlaceState): RowsOf<PlacedCertificate, ListReading>[] => {
    if (!reading) return []
    const origin = reading.error ? { ...reading, stale: false, error: null } : reading
    return [{ rows: rows === 'all' ? reading.value.rows : reading.value.present, origin }]
  }
}

function count(lists: readonly RowsOf<PlacedCertificate, ListReading>[]): number {
  return lists.reduce((sum, { rows }) => sum + rows.length, 0)
}

function isTroubled({ source: { status, unreadableRows } }: PlaceState): boolean {
  return status !== 'OK' || unreadableRows > 0
}

/** A discovery creates its places anew. */
function withPlace(state: PlaceState, place: CertificateHolder): PlaceState {
  return state.source.place === place ? state : { ...state, source: { ...state.source, place } }
}
