import type { EmulatedResponse } from '../../../sandbox/call.ts'
import { issueCertificate } from '../../../sandbox/issue-certificate.ts'
import type { Certificate, OpenAISandboxState, Project } from './state.ts'

export type Generation = OpenAISandboxState['generation']
type ListedObject = 'organization.certificate' | 'organization.project.certificate'

/** A row of a list: with the list's own flag, without content. */
export function listedCertificate(
  certificate: Certificate,
  object: ListedObject,
  active: boolean,
  generation: Generation,
) {
  return { ...described(certificate, object, generation), active }
}

/** A single certificate, without a flag. */
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
    // The 2025 schema does not allow null here.
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

interface Reason {
  readonly type?: string
  readonly param?: string
  readonly code?: string
}

/** The documented error object. */
export function reject(status: number, message: string, reason: Reason = {}): EmulatedResponse {
  const { type = 'invalid_request_error', param = null, code = null } = reason
  return { status, body: { error: { message, type, param, code } } }
}

/** Seen in practice: 401 with the error object, or 403 with a bare string. */
export function rejectScope(form: 'bare string' | 'object', scope: string): EmulatedResponse {
  const message = `This key lacks a scope for the operation: ${scope}.`
  return form === 'object' ? reject(401, message) : { status: 403, body: { error: message } }
}

export function rejectUnknownCertificate(certificateId: string): EmulatedResponse {
  return reject(404, `There is no certificate ${certificateId}.`)
}

export function rejectUnknownProject(projectId: string): EmulatedResponse {
  return reject(404, `There is no project ${projectId}.`)
}
