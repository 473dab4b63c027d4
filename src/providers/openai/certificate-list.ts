import { CertificateList } from '../../catalog/certificate-list.ts'
import type { Rows } from '../../upstream/cache/reading.ts'
import { parseRows } from '../shape.ts'
import { type OpenAICertificate, toOpenAICertificate } from './certificate.ts'
import type { OpenAIOrganization } from './places.ts'
import { certificateShape } from './wire.ts'

/** The certificates of an organization's list, or of a project's. */
export function toCertificateList(
  list: Rows,
  organization: OpenAIOrganization,
  listedBy: 'organization' | 'project',
): CertificateList<OpenAICertificate> {
  const { items, unreadable } = parseRows(list, certificateShape)
  return new CertificateList(
    items.map((row) => toOpenAICertificate(row, organization, listedBy)),
    unreadable,
  )
}
