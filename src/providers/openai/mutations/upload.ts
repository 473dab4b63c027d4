import { fromReading, type ReadCertificate } from '../../../catalog/certificate.ts'
import { parseTrustAnchor, type TrustAnchor } from '../../../catalog/trust-anchor.ts'
import type { Operation } from '../../../operation.ts'
import { makeChange, type Progress } from '../../change.ts'
import { type OpenAICertificate, toUnsentCertificate } from '../certificate.ts'
import type { OpenAIOrganization } from '../places.ts'
import { readNow } from './lists.ts'
import { checkName } from './name.ts'
import { toWritten } from './written.ts'

export interface UploadInput {
  readonly content: string
  readonly name?: string | null | undefined
  readonly dryRun?: boolean | null | undefined
}

/** How far the vendor's clock may be behind ours. */
const skew = 60_000

/** Uploads a CA certificate, which switches nothing on. A dry run gives it as it would be, under an id that leads nowhere. */
export async function upload(
  organization: OpenAIOrganization,
  { content, name, dryRun }: UploadInput,
  operation: Operation,
  progress: Progress,
): Promise<ReadCertificate<OpenAICertificate>> {
  const anchor = parseTrustAnchor(content, 'input.content', operation.now)
  if (typeof name === 'string') checkName(name)
  const { client } = organization
  if (dryRun) {
    const unsent = toUnsentCertificate(anchor, name ?? null, organization)
    return fromReading(unsent, { asOf: operation.now, stale: false })
  }

  return makeChange(
    {
      client,
      async send(context) {
        const row = await client.writer.uploadCertificate(anchor.pem, name ?? null, context)
        client.uploads.set(row.id, true)
        return toWritten(row, organization, 'none', progress, operation)
      },
      verify: () => findUploaded(organization, anchor, name ?? null, operation),
    },
    operation,
    progress,
  )
}

/**
 * One that has been uploaded since with the same content and name, and by nobody who knows of it. The list does not carry the
 * content: whatever is as new is looked into.
 */
async function findUploaded(
  organization: OpenAIOrganization,
  { details }: TrustAnchor,
  wantedName: string | null,
  operation: Operation,
): Promise<ReadCertificate<OpenAICertificate> | null> {
  const reading = await readNow(organization, operation)
  const isIt = ({ certificateId, name, createdAt }: OpenAICertificate) =>
    name === wantedName &&
    (createdAt === null || createdAt >= operation.now - skew) &&
    !organization.client.uploads.has(certificateId)
  let failure: unknown
  for (const row of reading.value.rows.filter(isIt)) {
    try {
      const { sha256Fingerprint } = await organization.x509(operation, row)
      if (sha256Fingerprint !== details.sha256Fingerprint) continue
      organization.client.uploads.set(row.certificateId, true)
      return fromReading(row, reading)
    } catch (error) {
      // Another one may be it all the same.
      failure = error
    }
  }
  if (failure) throw failure
  return null
}
