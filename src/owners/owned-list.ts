import type { Certificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import { type Count, Tally } from '../catalog/statistics.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { CertificateOwner } from './owner-rule.ts'

/** The name of an owner. Null: without an owner. */
export type OwnerName = string | null

/** The certificates of a list with their owners. */
export class OwnedList {
  readonly #list: CertificateList
  /** In the order of the rows. */
  readonly #owners: readonly (CertificateOwner | null)[]
  readonly #counts = new Map<'all' | 'present', readonly Count<OwnerName>[]>()
  #byRow: ReadonlyMap<object, CertificateOwner | null> | null = null

  constructor(list: CertificateList, owners: readonly (CertificateOwner | null)[]) {
    this.#list = list
    this.#owners = owners
  }

  /** The rows of these owners, in the order of the list. */
  async of<Row extends Certificate>(
    list: CertificateList<Row>,
    names: ReadonlySet<OwnerName>,
    timeSlice: TimeSlice,
  ): Promise<readonly Row[]> {
    const found: Row[] = []
    await visitInSlices(list.rows, timeSlice, (row, index) => {
      if (names.has(this.#owners[index]?.name ?? null)) found.push(row)
    })
    return found
  }

  /** The counts of all rows, or of those that are not soft-deleted, by the name of the owner. */
  async counts(rows: 'all' | 'present', timeSlice: TimeSlice): Promise<readonly Count<OwnerName>[]> {
    const known = this.#counts.get(rows)
    if (known) return known
    const tally = new Tally<OwnerName>()
    await visitInSlices(this.#list.rows, timeSlice, ({ deleted }, index) => {
      if (rows === 'all' || deleted !== true) tally.add(this.#owners[index]?.name ?? null)
    })
    const counts = tally.counts()
    this.#counts.set(rows, counts)
    return counts
  }

  /** The owner of a row of the list. Undefined for any other object, such as a copy of a row. */
  ownerOf(row: Certificate): CertificateOwner | null | undefined {
    this.#byRow ??= new Map(this.#list.rows.map((each, index) => [each, this.#owners[index] ?? null]))
    return this.#byRow.get(row)
  }
}
