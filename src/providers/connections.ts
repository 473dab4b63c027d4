import { fromReading, type ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import { type CertificateOrder, certificateOrdering } from '../catalog/certificate-list.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import { createOrdering, sortRows } from '../catalog/ordering.ts'
import type { Reading } from '../upstream/cache/reading.ts'
import type { Place, PlacedCertificate } from './place.ts'

export interface CertificateArguments extends ConnectionArguments {
  readonly orderBy?: CertificateOrder | null | undefined
  /** The maximum age of the reading, in milliseconds. */
  readonly maxStaleness?: number | null | undefined
}

/** A page of the certificates of one place. The arguments are checked before anything is read. */
export async function certificateConnection<Row extends PlacedCertificate>(
  args: CertificateArguments,
  read: (maxStaleness: number | undefined) => Promise<Reading<CertificateList<Row>>>,
  accepts: (row: Row) => boolean = () => true,
): Promise<Connection<ReadCertificate<Row>>> {
  const ordering = certificateOrdering(args.orderBy)
  const window = parseWindow(ordering, args)
  const reading = await read(args.maxStaleness ?? undefined)
  const toNode = (row: Row) => fromReading(row, reading)
  return toConnection([reading.value.sorted(ordering)], { ordering, window, toNode, accepts })
}

/** By vendor, then kind of place, then the vendor's own id. */
export const placeOrdering = createOrdering<Place>('PLACE:ASC', 'ASC', ({ provider, __typename, vendorId, id }) => ({
  key: `${provider} ${__typename} ${vendorId}`,
  id,
}))

/** A page of the places below another one. */
export async function placeConnection<Item extends Place>(
  args: ConnectionArguments,
  list: () => Promise<readonly Item[]>,
): Promise<Connection<Item>> {
  const window = parseWindow(placeOrdering, args)
  const places = sortRows<Item>(await list(), placeOrdering)
  return toConnection<Item, Item>([places], { ordering: placeOrdering, window, toNode: (place) => place })
}
