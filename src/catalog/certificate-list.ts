import type { Certificate } from './certificate.ts'
import { createOrdering, type Ordering, sortRows } from './ordering.ts'
import { fold } from './spelling.ts'

/** All certificates of one place, from one reading. Each order is sorted on first use and kept. */
export class CertificateList<Row extends Certificate = Certificate> {
  readonly rows: readonly Row[]
  /** How many rows were not an object or had no id. They are missing from `rows`. */
  readonly unreadableRows: number
  readonly #sorted = new Map<string, readonly Row[]>()

  constructor(rows: readonly Row[], unreadableRows = 0) {
    this.rows = rows
    this.unreadableRows = unreadableRows
  }

  /** Its size, in rows. */
  get weight(): number {
    return this.rows.length
  }

  sorted(ordering: Ordering<Row>): readonly Row[] {
    const known = this.#sorted.get(ordering.name)
    if (known) return known
    const rows = sortRows(this.rows, ordering)
    this.#sorted.set(ordering.name, rows)
    return rows
  }

  find(id: string): Row | undefined {
    return this.rows.find((row) => row.id === id)
  }
}

export const orderFields = ['CREATED_AT', 'EXPIRES_AT', 'NAME', 'PLACE'] as const
export const orderDirections = ['ASC', 'DESC'] as const

export interface CertificateOrder {
  readonly field: (typeof orderFields)[number]
  readonly direction: (typeof orderDirections)[number]
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
      return [name, createOrdering<Certificate>(name, direction, (row) => ({ key: keys[field](row), id: row.id }))]
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
