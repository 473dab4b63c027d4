import { fromReading, type ReadCertificate } from '../../../catalog/certificate.ts'
import type { Operation } from '../../../operation.ts'
import type { Progress } from '../../change.ts'
import { type ListedBy, type OpenAICertificate, toOpenAICertificate } from '../certificate.ts'
import type { OpenAIOrganization } from '../places.ts'
import type { WireCertificate } from '../wire.ts'

/** A certificate as the answer to a change tells it, as of the moment of that call. */
export function toWritten(
  row: WireCertificate,
  organization: OpenAIOrganization,
  listedBy: ListedBy,
  { madeAt }: Progress,
  { now }: Operation,
): ReadCertificate<OpenAICertificate> {
  return fromReading(toOpenAICertificate(row, organization, listedBy), { asOf: madeAt ?? now, stale: false })
}
