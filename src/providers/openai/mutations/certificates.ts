import { fromReading, type ReadCertificate } from '../../../catalog/certificate.ts'
import type { CertificateList } from '../../../catalog/certificate-list.ts'
import type { Operation } from '../../../operation.ts'
import type { Reading } from '../../../upstream/cache/reading.ts'
import { UpstreamError } from '../../../upstream/error.ts'
import { CertificateNotFoundError } from '../../mutation/error.ts'
import { type ListedBy, type OpenAICertificate, toOpenAICertificate } from '../certificate.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'
import type { WireCertificate } from '../wire.ts'

/** A certificate in the result of a mutation. */
export type ChangedCertificate = ReadCertificate<OpenAICertificate>

/** A certificate in the response to a change that was made at `madeAt`. */
export function toChangedCertificate(
  row: WireCertificate,
  organization: OpenAIOrganization,
  listedBy: ListedBy,
  madeAt: number,
): ChangedCertificate {
  return fromReading(toOpenAICertificate(row, organization, listedBy), { asOf: madeAt, stale: false })
}

/** A place with a list of certificates. */
type Listing = OpenAIOrganization | OpenAIProject

/** Reads the list of a place. @throws UpstreamError */
export type ListReader = (place: Listing) => Promise<Reading<CertificateList<OpenAICertificate>>>

/**
 * Reads the lists of places as they are at the vendor now, and each of them once. What was read before must not decide about
 * a change: another client may have changed something since.
 */
export function createListReader(operation: Operation): ListReader {
  const readings = new Map<string, ReturnType<ListReader>>()
  return (place) => {
    const reading = readings.get(place.id) ?? place.readNow(operation)
    readings.set(place.id, reading)
    return reading
  }
}

/** Finds a certificate in the list of a place. @throws CertificateNotFoundError */
export async function findCertificate(place: Listing, id: string, read: ListReader): Promise<ChangedCertificate> {
  return findIn(place, id, await read(place))
}

/** Finds certificates in the list of a place. @throws CertificateNotFoundError when it does not have all of them */
export async function findCertificates(
  place: Listing,
  ids: readonly string[],
  read: ListReader,
): Promise<readonly ChangedCertificate[]> {
  const reading = await read(place)
  return ids.map((id) => findIn(place, id, reading))
}

function findIn(place: Listing, id: string, reading: Awaited<ReturnType<ListReader>>): ChangedCertificate {
  const row = reading.value.rows.find(({ certificateId }) => certificateId === id)
  if (row) return fromReading(row, reading)
  if (reading.value.unreadableRows === 0)
    throw new CertificateNotFoundError(`${place.vendorId} has no certificate ${id}`)
  const problem = `it is not known whether ${place.vendorId} has ${id}: its list has a row that could not be read`
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem).at(place)
}
