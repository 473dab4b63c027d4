import type { TrustAnchor } from '../../catalog/trust-anchor.ts'
import { toGlobalId } from '../global-id.ts'
import type { PlacedCertificate } from '../place.ts'
import type { OpenAIOrganization } from './places.ts'
import type { WireCertificate } from './wire.ts'

/** Whose list a row stands in; none when it came alone, without any flag. */
export type ListedBy = 'organization' | 'project' | 'none'

export interface OpenAICertificate extends PlacedCertificate {
  readonly place: OpenAIOrganization
  readonly certificateId: string
  /** The flag in the list it was read from: the organization's, or a project's own. */
  readonly listedActive: boolean | null
  /** PEM of one that has not been uploaded; absent otherwise, for the vendor has it. */
  readonly content?: string
}

/** A row of a list, or one that came alone: only the organization's list tells whether the certificate is in force. */
export function toOpenAICertificate(
  row: WireCertificate,
  organization: OpenAIOrganization,
  listedBy: ListedBy,
): OpenAICertificate {
  return {
    __typename: 'OpenAICertificate',
    id: toGlobalId('OpenAICertificate', organization.vendorId, row.id),
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
    x509: undefined,
    parseIssues: row.issues,
  }
}

/** A certificate as it would be once uploaded, under an id of our own: the vendor gives it one only then. */
export function toUnsentCertificate(
  { pem, details }: TrustAnchor,
  name: string | null,
  organization: OpenAIOrganization,
): OpenAICertificate {
  const certificateId = `dry_run_${details.sha256Fingerprint}`
  return {
    __typename: 'OpenAICertificate',
    id: toGlobalId('OpenAICertificate', organization.vendorId, certificateId),
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
    x509: details,
    content: pem,
    parseIssues: [],
  }
}
