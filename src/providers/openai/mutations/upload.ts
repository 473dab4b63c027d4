import { fromReading } from '../../../catalog/certificate.ts'
import { parseTrustAnchor, type TrustAnchor } from '../../../catalog/trust-anchor.ts'
import { idempotencyTtl } from '../../../upstream/request-records.ts'
import type { Attempt } from '../../mutation/mutation.ts'
import { type OpenAICertificate, toUnsentCertificate } from '../certificate.ts'
import type { OpenAIOrganization } from '../places.ts'
import type { OpenAIMutation } from './account.ts'
import { type ChangedCertificate, createListReader, toChangedCertificate } from './certificates.ts'
import { checkName } from './input.ts'

interface UploadInput {
  readonly content: string
  readonly name?: string | null | undefined
}

interface Upload {
  readonly anchor: TrustAnchor
  readonly name: string | null
}

/** How far the vendor's clock may be behind, in milliseconds. */
const maxClockSkew = 60_000

/** Uploads a CA certificate. A dry run returns it as it would be, with an id that cannot be found. */
export const uploadCertificate: OpenAIMutation<UploadInput, Upload, { readonly certificate: ChangedCertificate }> = {
  name: 'uploadOpenAICertificate',

  check({ content, name = null }, { now }) {
    const anchor = parseTrustAnchor(content, 'input.content', now)
    if (name !== null) checkName(name)
    return { anchor, name }
  },

  async preview({ account, change: { anchor, name }, operation }) {
    const certificate = toUnsentCertificate(anchor, name, account)
    return { certificate: fromReading(certificate, { asOf: operation.now, stale: false }) }
  },

  async send({ account, change: { anchor, name } }, context) {
    const row = await account.client.writer.uploadCertificate(anchor.pem, name, context)
    account.client.uploads.set(row.id, true)
    return { certificate: toChangedCertificate(row, account, 'none', context.madeAt) }
  },

  async verify(attempt) {
    const { sentAt, earlier } = attempt
    // Without a record, any upload of the time for which requests are remembered may be that of this key.
    const isRecent =
      earlier === 'unrecorded'
        ? (createdAt: number | null) => createdAt !== null && createdAt > sentAt - idempotencyTtl && createdAt <= sentAt
        : (createdAt: number | null) => createdAt === null || createdAt >= sentAt - maxClockSkew
    const certificate = await findUploaded(attempt, isRecent)
    return certificate && { certificate }
  },

  expected: ({ account: { historyKey } }, result) =>
    result ? [{ historyKey, certificateId: result.certificate.id, kinds: ['APPEARED'] }] : [],

  assignedIds: ({ certificate: { certificateId } }) => ({ certificateId }),
}

/**
 * Finds a certificate with the same name and content that was uploaded at such a time, and not by another mutation of this
 * process. Lists do not have the content: it is read for each candidate.
 */
async function findUploaded(
  { account, change: { anchor, name }, operation }: Attempt<OpenAIOrganization, Upload>,
  isRecent: (createdAt: number | null) => boolean,
): Promise<ChangedCertificate | null> {
  const reading = await createListReader(operation)(account)
  const isCandidate = (row: OpenAICertificate) =>
    row.name === name && isRecent(row.createdAt) && !account.client.uploads.has(row.certificateId)
  let failure: unknown
  for (const row of reading.value.rows.filter(isCandidate)) {
    try {
      const { sha256Fingerprint } = await account.x509(operation, row)
      if (sha256Fingerprint !== anchor.details.sha256Fingerprint) continue
      account.client.uploads.set(row.certificateId, true)
      return fromReading(row, reading)
    } catch (error) {
      // One of the other candidates may still be the certificate.
      failure = error
    }
  }
  if (failure) throw failure
  return null
}
