import type { X509Details } from './x509.ts'

/**
 * A certificate as one list of its vendor has it. Members of one vendor only are on that vendor's subtype. Times are
 * milliseconds since the epoch.
 */
export interface Certificate {
  /** The GraphQL type. graphql-js resolves interfaces by this name. */
  readonly __typename: string
  /** Global id, made of the vendor's own identifiers only. */
  readonly id: string
  readonly provider: string
  readonly name: string | null
  /** Null when it is not known. Undefined when another list of the vendor has it. */
  readonly active: boolean | null | undefined
  readonly createdAt: number | null
  /** Null when it is not known. Undefined when only the X.509 certificate has it. */
  readonly validFrom: number | null | undefined
  readonly expiresAt: number | null
  /** Whether the vendor's status is `expired`. */
  readonly declaredExpired: boolean
  /** Soft-deleted at the vendor. Null when it is not known. */
  readonly deleted: boolean | null
  /** The place that lists it. */
  readonly place: ListedPlace
  /** The X.509 fields that the list has. A field that is absent needs a call. */
  readonly x509: Partial<X509Details>
  /** Members of the vendor's row that could not be parsed. */
  readonly parseIssues: readonly string[]
}

/** A place, and the account that it belongs to. */
interface ListedPlace {
  readonly id: string
  readonly provider: string
  readonly __typename: string
  readonly vendorId: string
  readonly parent?: ListedPlace | null
}

/** A row with the age and the state of its reading. */
export type FromReading<Row> = Row & {
  /** When the vendor was read. */
  readonly asOf: number
  /** Whether the last refresh failed or was rate limited. */
  readonly stale: boolean
}

export type ReadCertificate<Row extends Certificate = Certificate> = FromReading<Row>

/** The age and the state of a reading. */
type ReadingState = Pick<FromReading<object>, 'asOf' | 'stale'>

/** Results that are kept at most. A list whose pages are all read would otherwise take a third more memory. */
const maxResults = 2_000
/** The last result for some rows: a row belongs to one reading, whose state changes rarely. */
let results = new WeakMap<object, FromReading<object>>()
/** The results before those. */
let olderResults = new WeakMap<object, FromReading<object>>()
let count = 0

/** Adds the age and the state of a reading to one of its rows. */
export function fromReading<Row extends object>(row: Row, { asOf, stale }: ReadingState): FromReading<Row> {
  const known = results.get(row) ?? olderResults.get(row)
  // The result for a row has the members of the row.
  if (known?.asOf === asOf && known.stale === stale) return known as FromReading<Row>
  const result = copyRow(row, { asOf, stale })
  if (count >= maxResults / 2) {
    olderResults = results
    results = new WeakMap()
    count = 0
  }
  results.set(row, result)
  count += 1
  return result
}

/** A copy of a row with other values. Members that are computed when they are read remain so. */
export function copyRow<Row extends object, Values extends object>(row: Row, values: Values): Row & Values {
  const prototype: object | null = Object.getPrototypeOf(row)
  const copy: object = Object.create(prototype)
  return Object.assign(copy, row, values)
}
