import { toGlobalId } from '../global-id.ts'
import type { HeldCertificate } from '../place.ts'
import type { OpenAIOrganization } from './places.ts'
import type { WireCertificate } from './wire.ts'

export interface OpenAICertificate extends HeldCertificate {
  readonly scope: OpenAIOrganization
  readonly certificateId: string
  /** The flag in the list it was read from: the organization's, or a project's own. */
  readonly listedActive: boolean | null
}

/** A row of the organization's list, or of a project's: only the first tells whether the certificate is in force. */
export function toOpenAICertificate(
  row: WireCertificate,
  organization: OpenAIOrganization,
  listedBy: 'organization' | 'project',
): OpenAICertificate {
  return {
    __typename: 'OpenAICertificate',
    id: toGlobalId('OpenAICertificate', organization.vendorId, row.id),
    provider: 'OPENAI',
    scope: organization,
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
