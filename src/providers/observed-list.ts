import { createHash } from 'node:crypto'
import type { ListedCertificate, ListedIdentity, ObservedList, ObservedPlace } from '../upstream/list-observer.ts'
import type { CertificateHolder, Place, PlacedCertificate } from './place.ts'
import type { PlaceClient } from './place-loader.ts'

/** The digest by which the history knows a place: its vendor, where the vendor is, and the place there. */
export function toHistoryKey({
  provider,
  id,
  client: { origin },
}: Pick<Place, 'provider' | 'id'> & { readonly client: Pick<PlaceClient, 'origin'> }): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, origin, id]))
    .digest('base64url')
    .slice(0, 22)
}

/** How the certificates of one kind of place are compared. */
export interface ComparedRow<Row> {
  /** A certificate that replaces another one has the same key. Default: null, which is not known. */
  replacementKey?(row: Row): string | null
  /** Whether it is in force in the place of the list. Default: its flag. */
  activeHere?(row: Row): boolean | null
  /**
   * Whether two rows of a place have the same id, and the same of what `identity` has. Default: compares the ids, which are
   * made for that.
   */
  hasSameId?(row: Row, other: Row): boolean
  /** What identifies it besides its id, which a list may lack a part of. Default: null, nothing. */
  identity?(row: Row): ListedIdentity | null
  /**
   * Whether what its id is made of could be read. An id that is made of something else would be that of another certificate,
   * so the list is not compared. Default: always.
   */
  isIdentified?(row: Row): boolean
}

type Compared<Row> = Required<Omit<ComparedRow<Row>, 'isIdentified'>>

/** Returns the function that makes the list of a place as it is compared, of the certificates that are not soft-deleted. */
export function createToObservedList<Row extends PlacedCertificate>({
  replacementKey = () => null,
  activeHere = ({ active }) => active ?? null,
  hasSameId = (row, other) => row.id === other.id,
  identity = () => null,
}: ComparedRow<Row>) {
  const compared = { replacementKey, activeHere, hasSameId, identity }
  return (
    { historyKey, provider, id, vendorId, parent }: Pick<CertificateHolder, keyof ObservedPlace | 'parent'>,
    rows: readonly Row[],
    { asOf, hasRepeats = false }: { readonly asOf: number; readonly hasRepeats?: boolean },
  ): ObservedList => {
    const read = { account: parent?.id ?? null, asOf, hasRepeats }
    return new ComparedRows({ historyKey, provider, id, vendorId }, read, rows, compared)
  }
}

/** The rows of a reading. They are converted when they are needed, so the list takes no memory while the reading is kept. */
class ComparedRows<Row extends PlacedCertificate> implements ObservedList {
  readonly place: ObservedPlace
  readonly account: string | null
  readonly asOf: number
  readonly hasRepeats: boolean
  readonly #rows: readonly Row[]
  readonly #compared: Compared<Row>

  constructor(
    place: ObservedPlace,
    { account, asOf, hasRepeats }: Pick<ObservedList, 'account' | 'asOf' | 'hasRepeats'>,
    rows: readonly Row[],
    compared: Compared<Row>,
  ) {
    this.place = place
    this.account = account
    this.asOf = asOf
    this.hasRepeats = hasRepeats
    this.#rows = rows
    this.#compared = compared
  }

  get length(): number {
    return this.#rows.length
  }

  at(index: number): ListedCertificate {
    const row = this.#row(index)
    const { id, name, expiresAt, validFrom = null, declaredExpired } = row
    const key = this.#compared.replacementKey(row)
    // A name of spaces says as little as none.
    const replacementKey = key?.trim() ? key : null
    const active = this.#compared.activeHere(row)
    const identity = this.#compared.identity(row)
    return { id, name, expiresAt, validFrom, active, declaredExpired, replacementKey, identity }
  }

  datesAt(index: number): Row {
    return this.#row(index)
  }

  hasSameAt(index: number, other: ObservedList): boolean {
    if (!(other instanceof ComparedRows) || index >= other.length) return false
    // The lists of one place have rows of one kind.
    const [one, another] = [this.#row(index), (other as ComparedRows<Row>).#row(index)]
    const { hasSameId, replacementKey, activeHere } = this.#compared
    return (
      one === another ||
      (hasSameId(one, another) &&
        one.name === another.name &&
        one.expiresAt === another.expiresAt &&
        one.validFrom === another.validFrom &&
        one.declaredExpired === another.declaredExpired &&
        activeHere(one) === activeHere(another) &&
        replacementKey(one) === replacementKey(another))
    )
  }

  #row(index: number): Row {
    return this.#rows[index] as Row
  }
}
