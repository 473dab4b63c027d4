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
  readonly validFrom: number | null
  readonly expiresAt: number | null
  /** Whether the vendor's status is `expired`. */
  readonly declaredExpired: boolean
  /** Soft-deleted at the vendor. Null when it is not known. */
  readonly deleted: boolean | null
  /** X.509 fields that the list has. Undefined when they need a separate call. */
  readonly x509: X509Details | undefined
  /** Members of the vendor's row that could not be parsed. */
  readonly parseIssues: readonly string[]
}

/** A row with the age and the state of its reading. */
export type FromReading<Row> = Row & {
  /** When the vendor was read. */
  readonly asOf: number
  /** Whether the last refresh failed or was rate limited. */
  readonly stale: boolean
}

export type ReadCertificate<Row extends Certificate = Certificate> = FromReading<Row>

/** Adds the age and the state of a reading to one of its rows. */
export function fromReading<Row extends object>(
  row: Row,
  { asOf, stale }: { readonly asOf: number; readonly stale: boolean },
): FromReading<Row> {
  return { ...row, asOf, stale }
}
