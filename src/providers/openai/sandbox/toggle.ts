import type { EmulatedResponse } from '../../../sandbox/call.ts'
import type { Body } from './access.ts'
import { type Generation, listedCertificate, reject, rejectUnknownCertificate } from './responses.ts'
import type { Certificate, Organization, Project } from './state.ts'

interface Toggle {
  /** Null means the organization. */
  readonly project: Project | null
  readonly active: boolean
  readonly generation: Generation
}

/** Activates or deactivates all named certificates, or none when one is unknown. Repeating the call succeeds. */
export function toggle(
  organization: Organization,
  body: Body,
  { project, active, generation }: Toggle,
): EmulatedResponse {
  const ids = parseIds(body['certificate_ids'])
  if (!ids) {
    return reject(400, `'certificate_ids' has to have 1 to 10 different ids.`, { param: 'certificate_ids' })
  }
  const certificates: Certificate[] = []
  for (const certificateId of ids) {
    const certificate = organization.certificates.find(({ id }) => id === certificateId)
    if (!certificate) return rejectUnknownCertificate(certificateId)
    certificates.push(certificate)
  }
  for (const certificate of certificates) {
    if (project) setInProject(project, certificate.id, active)
    else certificate.active = active
  }
  const object = project ? 'organization.project.certificate' : 'organization.certificate'
  const data = certificates.map((certificate) => listedCertificate(certificate, object, active, generation))
  // The 2025 body is a list with one page.
  return generation === '2026'
    ? { status: 200, body: { object: `${object}.${active ? 'activation' : 'deactivation'}`, data } }
    : { status: 200, body: { object: 'list', data, first_id: ids.at(0), last_id: ids.at(-1), has_more: false } }
}

/** An activated certificate is added to the project's list and stays there. */
function setInProject({ certificates }: Project, certificateId: string, active: boolean): void {
  const listed = certificates.find((each) => each.certificateId === certificateId)
  if (listed) listed.active = active
  else if (active) certificates.push({ certificateId, active })
}

function parseIds(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const ids = new Set(value.filter((id) => typeof id === 'string'))
  return ids.size === value.length && ids.size >= 1 && ids.size <= 10 ? [...ids] : undefined
}
