import type { TimeSlice } from '../time-slice.ts'
import type { Certificate } from './certificate.ts'
import { createOrdering, type Ordering, type Position, sortRows } from './ordering.ts'
import { SharedValue } from './shared-value.ts'
import { fold } from './spelling.ts'
import { TextIndex } from './text-index.ts'

/** All certificates of one place, from one reading. Each order and each index is made on first use and kept. */
export class CertificateList<Row extends Certificate = Certificate> {
  readonly rows: readonly Row[]
  /** How many rows were not an object or had no id. They are missing from `rows`. */
  readonly unreadableRows: number
  readonly #sorted = new Map<string, SharedValue<readonly Row[]>>()
  readonly #names = new SharedValue<TextIndex<Row>>()
  readonly #texts = new SharedValue<TextIndex<Row>>()
  #present: readonly Row[] | null = null
  #byId: ReadonlyMap<string, Row> | null = null

  constructor(rows: readonly Row[], unreadableRows = 0) {
    this.rows = rows
    this.unreadableRows = unreadableRows
  }

  /** Its size, in rows. */
  get weight(): number {
    return this.rows.length
  }

  /** The rows that are not soft-deleted. */
  get present(): readonly Row[] {
    if (!this.#present) {
      const present = this.rows.filter(({ deleted }) => deleted !== true)
      this.#present = present.length === this.rows.length ? this.rows : present
    }
    return this.#present
  }

  /** `rows` or `present` in order. */
  sorted(
    rows: readonly Row[],
    ordering: Ordering<Row>,
    timeSlice: TimeSlice,
  ): readonly Row[] | Promise<readonly Row[]> {
    const key = rows === this.rows ? ordering.name : `${ordering.name} present`
    let sorted = this.#sorted.get(key)
    if (!sorted) {
      sorted = new SharedValue()
      this.#sorted.set(key, sorted)
    }
    return sorted.get(timeSlice, (shared) => sortRows(rows, ordering, shared))
  }

  /** The rows whose name contains a text. */
  withName(part: string, timeSlice: TimeSlice): readonly Row[] | Promise<readonly Row[]> {
    return this.#withPart(part, this.#names, namesOf, timeSlice)
  }

  /** The rows whose name or one of whose subject alternative names contains a text. */
  withText(part: string, timeSlice: TimeSlice): readonly Row[] | Promise<readonly Row[]> {
    return this.#withPart(part, this.#texts, textsOf, timeSlice)
  }

  #withPart(
    part: string,
    kept: SharedValue<TextIndex<Row>>,
    textsOf: (row: Certificate) => readonly string[],
    timeSlice: TimeSlice,
  ): readonly Row[] | Promise<readonly Row[]> {
    const index = kept.get(timeSlice, (shared) => TextIndex.create(this.rows, shared, textsOf))
    return index instanceof Promise ? index.then((made) => made.find(part, timeSlice)) : index.find(part, timeSlice)
  }

  find(id: string): Row | undefined {
    this.#byId ??= new Map(this.rows.map((row) => [row.id, row]))
    return this.#byId.get(id)
  }
}

function namesOf({ name }: Certificate): readonly string[] {
  return name === null ? [] : [name]
}

function textsOf({ name, x509 }: Certificate): readonly string[] {
  return [name ?? '', ...(x509.subjectAltNames ?? [])]
}

export const orderFields = ['CREATED_AT', 'EXPIRES_AT', 'NAME', 'PLACE'] as const
export const orderDirections = ['ASC', 'DESC'] as const

export interface CertificateOrder {
  readonly field: (typeof orderFields)[number]
  readonly direction: (typeof orderDirections)[number]
}

/** The position of a row. Its id is made when two keys are equal, and for cursors. */
export class RowPosition implements Position {
  readonly key: Position['key']
  readonly #row: Certificate
  #id: string | undefined

  constructor(key: Position['key'], row: Certificate) {
    this.key = key
    this.#row = row
  }

  get id(): string {
    this.#id ??= this.#row.id
    return this.#id
  }
}

const maxNameLength = 256

const keys: Record<CertificateOrder['field'], (certificate: Certificate) => string | number | null> = {
  CREATED_AT: (certificate) => certificate.createdAt,
  EXPIRES_AT: (certificate) => certificate.expiresAt,
  NAME: (certificate) => certificate.name && fold(certificate.name).slice(0, maxNameLength),
  PLACE: ({ place }) => placeKey(place),
}

/** Orders places by vendor, then kind of place, then the vendor's own id. */
export function placeKey({ provider, __typename, vendorId }: Certificate['place']): string {
  return `${provider} ${__typename} ${vendorId}`
}

const orderings = new Map(
  orderFields.flatMap((field) =>
    orderDirections.map((direction) => {
      const name = `${field}:${direction}`
      return [name, createOrdering<Certificate>(name, direction, (row) => new RowPosition(keys[field](row), row))]
    }),
  ),
)

/** The ordering for an order of the API. Defaults to soonest expiry first. */
export function certificateOrdering(order?: CertificateOrder | null): Ordering<Certificate> {
  const { field, direction } = order ?? { field: 'EXPIRES_AT', direction: 'ASC' }
  const ordering = orderings.get(`${field}:${direction}`)
  if (!ordering) throw new Error(`no ordering ${field}:${direction}`)
  return ordering
}
