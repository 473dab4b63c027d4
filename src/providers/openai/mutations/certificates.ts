import { fromReading, type ReadCertificate } from '../../../catalog/certificate.ts'
import type { Operation } from '../../../operation.ts'
import { UpstreamError } from '../../../upstream/error.ts'
import { CertificateNotFoundError } from '../../mutation/error.ts'
import { readFresh } from '../../source.ts'
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

/** Reads the list of a place. A stale reading does not serve: it must not decide about a change. @throws UpstreamError */
export function readNow(place: OpenAIOrganization | OpenAIProject, operation: Operation) {
  return readFresh(place, operation, 0)
}

/** Finds a certificate in the list of a place. @throws CertificateNotFoundError */
export async function findCertificate(
  place: OpenAIOrganization | OpenAIProject,
  id: string,
  operation: Operation,
): Promise<ChangedCertificate> {
  return findIn(place, id, await readNow(place, operation))
}

/** Finds certificates in the list of a place. @throws CertificateNotFoundError when it does not have all of them */
export async function findCertificates(
  place: OpenAIOrganization | OpenAIProject,
  ids: readonly string[],
  operation: Operation,
): Promise<readonly ChangedCertificate[]> {
  const reading = await readNow(place, operation)
  return ids.map((id) => findIn(place, id, reading))
}

function findIn(
  place: OpenAIOrganization | OpenAIProject,
  id: string,
  reading: Awaited<ReturnType<typeof readNow>>,
): ChangedCertificate {
  const row = reading.value.rows.find(({ certificateId }) => certificateId === id)
  if (row) return fromReading(row, reading)
  if (reading.value.unreadableRows === 0)
    throw new CertificateNotFoundError(`${place.vendorId} has no certificate ${id}`)
  const problem = `it is not known whether ${place.vendorId} has ${id}: its list has a row that could not be read`
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem).at(place)
}
