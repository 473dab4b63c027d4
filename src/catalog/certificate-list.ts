import type { Certificate } from './certificate.ts'
import { type Ordering, sortRows } from './ordering.ts'

/** All certificates of one place, as read once. Each order is sorted when it is first asked for, and then kept. */
export class CertificateList<Row extends Certificate = Certificate> {
  readonly rows: readonly Row[]
  /** Rows that were no object or had no id: they are in no list, so the list is not complete. */
  readonly unreadableRows: number
  readonly #sorted = new Map<string, readonly Row[]>()

  constructor(rows: readonly Row[], unreadableRows = 0) {
    this.rows = rows
    this.unreadableRows = unreadableRows
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
