import type { Answer } from '../../../sandbox/call.ts'
import type { Body } from './access.ts'
import { type Generation, listedCertificate } from './body.ts'
import { refuse, refuseCertificate } from './refusal.ts'
import type { Certificate, Organization, Project } from './state.ts'

interface Toggle {
  /** Null switches for the organization itself. */
  readonly project: Project | null
  readonly active: boolean
  readonly generation: Generation
}

/** Switches every certificate named, or none when one of them is not there. To switch twice is no fault. */
export function toggle(organization: Organization, body: Body, { project, active, generation }: Toggle): Answer {
  const ids = parseIds(body['certificate_ids'])
  if (!ids) {
    return refuse(400, `'certificate_ids' has to hold one to ten ids, each once.`, { param: 'certificate_ids' })
  }
  const certificates: Certificate[] = []
  for (const certificateId of ids) {
    const certificate = organization.certificates.find(({ id }) => id === certificateId)
    if (!certificate) return refuseCertificate(certificateId)
    certificates.push(certificate)
  }
  for (const certificate of certificates) {
    if (project) switchInProject(project, certificate.id, active)
    else certificate.active = active
  }
  const object = project ? 'organization.project.certificate' : 'organization.certificate'
  const data = certificates.map((certificate) => listedCertificate(certificate, object, active, generation))
  // The older answers are shaped like a list, though there is never a second page.
  return generation === '2026'
    ? { status: 200, body: { object: `${object}.${active ? 'activation' : 'deactivation'}`, data } }
    : { status: 200, body: { object: 'list', data, first_id: ids.at(0), last_id: ids.at(-1), has_more: false } }
}

/** What is switched on comes into the project's list and stays there; what never was on is not in it. */
function switchInProject({ certificates }: Project, certificateId: string, active: boolean): void {
  const listed = certificates.find((each) => each.certificateId === certificateId)
  if (listed) listed.active = active
  else if (active) certificates.push({ certificateId, active })
}

function parseIds(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const ids = new Set(value.filter((id) => typeof id === 'string'))
  return ids.size === value.length && ids.size >= 1 && ids.size <= 10 ? [...ids] : undefined
}
