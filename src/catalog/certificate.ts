import type { X509Details } from './x509.ts'

/**
 * A certificate as one listing of its vendor tells it, in our words. What a vendor adds stands on its own subtype.
 * Times are milliseconds since the epoch.
 */
export interface Certificate {
  /** The GraphQL type; graphql-js resolves interfaces by this name. */
  readonly __typename: string
  /** Global id, made of the vendor's own names alone. */
  readonly id: string
  readonly provider: string
  readonly name: string | null
  /** In force; null when the vendor does not say, undefined when this listing does not but another one does. */
  readonly active: boolean | null | undefined
  readonly createdAt: number | null
  readonly validFrom: number | null
  readonly expiresAt: number | null
  /** The vendor says in words that it has expired. */
  readonly declaredExpired: boolean
  /** Softly deleted at the vendor; null when it does not say. */
  readonly deleted: boolean | null
  /** What the listing tells of the X.509 certificate; undefined when it takes a call of its own to know. */
  readonly x509: X509Details | undefined
  /** What in the vendor's row could not be understood. */
  readonly parseIssues: readonly string[]
}

/** A row together with what its reading says of all its rows. */
export type FromReading<Row> = Row & {
  /** When the vendor was read. */
  readonly asOf: number
  /** The last attempt to renew the reading failed or found no budget. */
  readonly stale: boolean
}

export type ReadCertificate<Row extends Certificate = Certificate> = FromReading<Row>

export function fromReading<Row extends object>(
  row: Row,
  { asOf, stale }: { readonly asOf: number; readonly stale: boolean },
): FromReading<Row> {
  return { ...row, asOf, stale }
}
