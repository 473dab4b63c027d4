import { issueCertificate } from '../../../sandbox/issue-certificate.ts'
import type { Certificate, OpenAISandboxState, Project } from './state.ts'

export type Generation = OpenAISandboxState['generation']
type ListedObject = 'organization.certificate' | 'organization.project.certificate'

/** A certificate in a list: with the flag of the list's place, without its content. */
export function listedCertificate(
  certificate: Certificate,
  object: ListedObject,
  active: boolean,
  generation: Generation,
) {
  return { ...described(certificate, object, generation), active }
}

/** A certificate by itself, asked for or just changed: without any flag. */
export function singleCertificate(certificate: Certificate, generation: Generation) {
  return described(certificate, 'certificate', generation)
}

export async function certificateWithContent(certificate: Certificate, generation: Generation) {
  const body = singleCertificate(certificate, generation)
  const content = await contentOf(certificate)
  return { ...body, certificate_details: { ...body.certificate_details, content } }
}

export function describedProject(project: Project, generation: Generation) {
  const { id, name, createdAt, archivedAt } = project
  return {
    id,
    object: 'organization.project',
    name,
    created_at: createdAt,
    archived_at: archivedAt,
    status: archivedAt === null ? 'active' : 'archived',
    ...(generation === '2026' && { external_key_id: null, residency: 'GLOBAL' }),
  }
}

function described({ id, name, createdAt, validAt, expiresAt }: Certificate, object: string, generation: Generation) {
  return {
    object,
    id,
    // The older shape knows no null here.
    name: generation === '2025' ? (name ?? '') : name,
    created_at: createdAt,
    certificate_details: {
      ...(validAt !== null && { valid_at: validAt }),
      ...(expiresAt !== null && { expires_at: expiresAt }),
    },
  }
}

async function contentOf({ pem, pemOnOneLine, x509 }: Certificate): Promise<string> {
  const content = pem ?? (x509 && (await issueCertificate(x509)).pem) ?? ''
  return pemOnOneLine ? content.replaceAll('\n', '') : content
}
