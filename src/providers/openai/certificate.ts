import type { TrustAnchor } from '../../catalog/trust-anchor.ts'
import { toGlobalId } from '../global-id.ts'
import type { PlacedCertificate } from '../place.ts'
import type { OpenAIOrganization } from './places.ts'
import type { WireCertificate } from './wire.ts'

/** The list that has the row; none for a single certificate, which has no flag. */
export type ListedBy = 'organization' | 'project' | 'none'

export interface OpenAICertificate extends PlacedCertificate {
  readonly place: OpenAIOrganization
  readonly certificateId: string
  /** The flag in the list that was read: that of the organization or of a project. */
  readonly listedActive: boolean | null
  /** What a certificate contains that has not been uploaded; absent for any other. No list has it. */
  readonly unsent?: TrustAnchor
}

/** The global id of a certificate. */
export function toCertificateId({ vendorId }: Pick<OpenAIOrganization, 'vendorId'>, certificateId: string): string {
  return toGlobalId('OpenAICertificate', vendorId, certificateId)
}

/** Only the organization's list says whether the certificate is active. */
export function toOpenAICertificate(
  row: WireCertificate,
  organization: OpenAIOrganization,
  listedBy: ListedBy,
): OpenAICertificate {
  return {
    __typename: 'OpenAICertificate',
    id: toCertificateId(organization, row.id),
    provider: 'OPENAI',
    place: organization,
    certificateId: row.id,
    name: row.name,
    active: listedBy === 'organization' ? row.active : undefined,
    listedActive: row.active,
    createdAt: row.created_at,
    validFrom: row.certificate_details.valid_at,
    expiresAt: row.certificate_details.expires_at,
    declaredExpired: false,
    deleted: false,
    x509: {},
    parseIssues: row.issues,
  }
}

/** A certificate as it would be after the upload. OpenAI assigns ids on upload, so it has a made-up id. */
export function toUnsentCertificate(
  anchor: TrustAnchor,
  name: string | null,
  organization: OpenAIOrganization,
): OpenAICertificate {
  const { details } = anchor
  const certificateId = `dry_run_${details.sha256Fingerprint}`
  return {
    __typename: 'OpenAICertificate',
    id: toCertificateId(organization, certificateId),
    provider: 'OPENAI',
    place: organization,
    certificateId,
    name,
    active: false,
    listedActive: false,
    createdAt: null,
    validFrom: details.validFrom,
    expiresAt: details.expiresAt,
    declaredExpired: false,
    deleted: false,
    x509: {},
    unsent: anchor,
    parseIssues: [],
  }
}
