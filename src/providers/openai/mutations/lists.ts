import { fromReading, type ReadCertificate } from '../../../catalog/certificate.ts'
import type { CertificateList } from '../../../catalog/certificate-list.ts'
import type { Operation } from '../../../upstream/operation.ts'
import type { Reading } from '../../../upstream/readings.ts'
import { CertificateNotFoundError } from '../../mutation-error.ts'
import type { OpenAICertificate } from '../certificate.ts'
import type { OpenAIOrganization, OpenAIProject } from '../places.ts'

/** A place's list as it is now; what is stale is nothing to decide by. @throws UpstreamError */
export async function readNow(
  place: OpenAIOrganization | OpenAIProject,
  operation: Operation,
): Promise<Reading<CertificateList<OpenAICertificate>>> {
  const reading = await place.read(operation, 0)
  if (reading.error) throw reading.error.at(place)
  return reading
}

/** Certificates of an organization as they are now. @throws CertificateNotFoundError when one of them is not there */
export async function findCertificates(
  organization: OpenAIOrganization,
  ids: readonly string[],
  operation: Operation,
): Promise<readonly ReadCertificate<OpenAICertificate>[]> {
  const reading = await readNow(organization, operation)
  return ids.map((id) => {
    const row = reading.value.rows.find(({ certificateId }) => certificateId === id)
    if (!row) throw new CertificateNotFoundError(`${organization.vendorId} has no certificate ${id}`)
    return fromReading(row, reading)
  })
}
