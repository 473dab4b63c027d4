import { createHash } from 'node:crypto'
import type { ListedCertificate, ObservedList } from '../upstream/list-observer.ts'
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
interface ListedRow<Row> {
  replacementKey?(row: Row): string | null
  activeHere?(row: Row): boolean | null
}

/** Returns the function that converts a row of a list for its comparison with the list before. */
export function createToListed<Row extends PlacedCertificate>({
  replacementKey = () => null,
  activeHere = ({ active }) => active ?? null,
}: ListedRow<Row>): (row: Row) => ListedCertificate {
  return (row) => {
    const { id, name, expiresAt, validFrom = null, declaredExpired } = row
    // A name of spaces says as little as none.
    const key = replacementKey(row)?.trim() ? replacementKey(row) : null
    return { id, name, expiresAt, validFrom, active: activeHere(row), declaredExpired, replacementKey: key }
  }
}

/** The list of a place as it is compared: without the certificates that are soft-deleted. */
export function toObservedList<Row extends PlacedCertificate>(
  place: Pick<CertificateHolder, 'historyKey' | 'provider' | 'id' | 'vendorId'>,
  rows: readonly Row[],
  asOf: number,
  toListed: (row: Row) => ListedCertificate,
): ObservedList {
  return {
    place,
    asOf,
    length: rows.length,
    at: (index) => toListed(rows[index] as Row),
  }
}
