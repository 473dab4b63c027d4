import type { Call, Handler } from '../../../sandbox/call.ts'
import { createRouter } from '../../../sandbox/router.ts'
import { digitsOf } from '../../../sandbox/seed-values.ts'
import type { Access } from './access.ts'
import { reject, rejectUnknownCertificate, rejectUnknownProject, singleCertificate } from './responses.ts'
import type { Certificate, OpenAISandboxState, Organization } from './state.ts'
import { toggle } from './toggle.ts'
import { parseTrustAnchor } from './trust-anchor.ts'

const maxCertificates = 50

/** The endpoints that change certificates. The vendor documents no statuses for their errors: these are our choice. */
export function createWrites(state: OpenAISandboxState, { changing }: Access, now: () => number): Handler {
  let uploaded = 0

  const toggleInOrganization = (call: Call, active: boolean) =>
    changing(call, (organization, body) =>
      toggle(organization, body, { project: null, active, generation: state.generation }),
    )

  const toggleInProject = (call: Call, projectId: string, active: boolean) =>
    changing(call, (organization, body) => {
      const project = organization.projects.find(({ id, archivedAt }) => id === projectId && archivedAt === null)
      if (!project) return rejectUnknownProject(projectId)
      return toggle(organization, body, { project, active, generation: state.generation })
    })

  return createRouter({
    'POST /v1/organization/certificates': ({ call }) =>
      changing(call, ({ certificates }, { certificate: pem, content: olderPem, name }) => {
        const anchor = parseTrustAnchor(pem ?? olderPem, now())
        if ('rejected' in anchor) return reject(400, `The certificate ${anchor.rejected}.`, { param: 'certificate' })
        if (name !== undefined && typeof name !== 'string') return rejectName()
        if (certificates.length >= maxCertificates) {
          return reject(400, `An organization has at most ${maxCertificates} certificates.`)
        }
        uploaded += 1
        const certificate: Certificate = {
          id: `cert_${digitsOf(`upload ${uploaded}`, 18)}`,
          name: name ?? null,
          createdAt: Math.floor(now() / 1000),
          active: false,
          ...anchor,
          pemOnOneLine: false,
          x509: null,
        }
        certificates.push(certificate)
        return { status: 200, body: singleCertificate(certificate, state.generation) }
      }),

    'POST /v1/organization/certificates/activate': ({ call }) => toggleInOrganization(call, true),
    'POST /v1/organization/certificates/deactivate': ({ call }) => toggleInOrganization(call, false),

    'POST /v1/organization/projects/:projectId/certificates/activate': ({ call, params }) =>
      toggleInProject(call, params.projectId, true),
    'POST /v1/organization/projects/:projectId/certificates/deactivate': ({ call, params }) =>
      toggleInProject(call, params.projectId, false),

    'POST /v1/organization/certificates/:certificateId': ({ call, params }) =>
      changing(call, ({ certificates }, { name }) => {
        const certificate = certificates.find(({ id }) => id === params.certificateId)
        if (!certificate) return rejectUnknownCertificate(params.certificateId)
        if (name !== undefined && typeof name !== 'string') return rejectName()
        certificate.name = name ?? certificate.name
        return { status: 200, body: singleCertificate(certificate, state.generation) }
      }),

    'DELETE /v1/organization/certificates/:certificateId': ({ call, params: { certificateId } }) =>
      changing(call, (organization) => {
        if (!organization.certificates.some(({ id }) => id === certificateId))
          return rejectUnknownCertificate(certificateId)
        const places = placesWhereActive(organization, certificateId)
        // The documentation does not name the status, nor says whether archived projects count. Both are our choice.
        if (places.length > 0) return reject(409, `The certificate is active in ${places.join(', ')}.`)
        remove(organization.certificates, ({ id }) => id === certificateId)
        for (const { certificates } of organization.projects) {
          remove(certificates, (listed) => listed.certificateId === certificateId)
        }
        return { status: 200, body: { object: 'certificate.deleted', id: certificateId } }
      }),
  })
}

/** The ids of the organization and of the projects in which it is active. */
function placesWhereActive({ id, certificates, projects }: Organization, certificateId: string): string[] {
  const activeProjects = projects.filter((project) =>
    project.certificates.some((listed) => listed.certificateId === certificateId && listed.active),
  )
  const isActive = certificates.some((certificate) => certificate.id === certificateId && certificate.active)
  return [...(isActive ? [id] : []), ...activeProjects.map((project) => project.id)]
}

function remove<Item>(items: Item[], matches: (item: Item) => boolean): void {
  items.splice(0, items.length, ...items.filter((item) => !matches(item)))
}

function rejectName() {
  return reject(400, `'name' has to be a string.`, { param: 'name' })
}
