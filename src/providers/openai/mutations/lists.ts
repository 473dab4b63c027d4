import { fromReading, type ReadCertificate } from '../../../catalog/certificate.ts'
import type { Operation } from '../../../operation.ts'
import { UpstreamError } from '../../../upstream/error.ts'
import { CertificateNotFoundError } from '../../mutation-error.ts'
import { readFresh } from '../../source.ts'
import type { OpenAICertificate } from '../certificate.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'

/** A place's list as it is now; what is stale is nothing to decide by. @throws UpstreamError */
export function readNow(place: OpenAIOrganization | OpenAIProject, operation: Operation) {
  return readFresh(place, operation, 0)
}

/** One certificate in a place's list as it is now. @throws CertificateNotFoundError when it is not there */
export async function findCertificate(
  place: OpenAIOrganization | OpenAIProject,
  id: string,
  operation: Operation,
): Promise<ReadCertificate<OpenAICertificate>> {
  return findIn(place, id, await readNow(place, operation))
}

/** Certificates in a place's list as they are now. @throws CertificateNotFoundError when one of them is not there */
export async function findCertificates(
  place: OpenAIOrganization | OpenAIProject,
  ids: readonly string[],
  operation: Operation,
): Promise<readonly ReadCertificate<OpenAICertificate>[]> {
  const reading = await readNow(place, operation)
  return ids.map((id) => findIn(place, id, reading))
}

function findIn(
  place: OpenAIOrganization | OpenAIProject,
  id: string,
  reading: Awaited<ReturnType<typeof readNow>>,
): ReadCertificate<OpenAICertificate> {
  const row = reading.value.rows.find(({ certificateId }) => certificateId === id)
  if (!row && reading.value.unreadableRows > 0) {
    const problem = `whether ${place.vendorId} has ${id} cannot be known: a row of its list could not be read`
    throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem).at(place)
  }
  if (!row) throw new CertificateNotFoundError(`${place.vendorId} has no certificate ${id}`)
  return fromReading(row, reading)
}
