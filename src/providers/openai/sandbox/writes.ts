import type { Call, Handler } from '../../../sandbox/call.ts'
import { digitsOf } from '../../../sandbox/digest.ts'
import { createRouter } from '../../../sandbox/router.ts'
import type { Access } from './access.ts'
import { singleCertificate } from './body.ts'
import { refuse, refuseCertificate, refuseProject } from './refusal.ts'
import type { Certificate, OpenAISandboxState, Organization } from './state.ts'
import { toggle } from './toggle.ts'
import { readTrustAnchor } from './trust-anchor.ts'

const mostCertificates = 50

/** What changes the certificates of an organization. The vendor documents no status of a refusal: they are our choice. */
export function createWrites(state: OpenAISandboxState, { changing }: Access, now: () => number): Handler {
  let uploaded = 0

  const toggleInOrganization = (call: Call, active: boolean) =>
    changing(call, (organization, body) =>
      toggle(organization, body, { project: null, active, generation: state.generation }),
    )

  const toggleInProject = (call: Call, projectId: string, active: boolean) =>
    changing(call, (organization, body) => {
      const project = organization.projects.find(({ id, archivedAt }) => id === projectId && archivedAt === null)
      if (!project) return refuseProject(projectId)
      return toggle(organization, body, { project, active, generation: state.generation })
    })

  return createRouter({
    'POST /v1/organization/certificates': ({ call }) =>
      changing(call, ({ certificates }, { certificate: pem, content: olderPem, name }) => {
        const anchor = readTrustAnchor(pem ?? olderPem, now())
        if ('refused' in anchor) return refuse(400, `The certificate ${anchor.refused}.`, { param: 'certificate' })
        if (name !== undefined && typeof name !== 'string') return refuseName()
        if (certificates.length >= mostCertificates) {
          return refuse(400, `An organization has ${mostCertificates} certificates at the most.`)
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
        if (!certificate) return refuseCertificate(params.certificateId)
        if (name !== undefined && typeof name !== 'string') return refuseName()
        certificate.name = name ?? certificate.name
        return { status: 200, body: singleCertificate(certificate, state.generation) }
      }),

    'DELETE /v1/organization/certificates/:certificateId': ({ call, params: { certificateId } }) =>
      changing(call, (organization) => {
        if (!organization.certificates.some(({ id }) => id === certificateId)) return refuseCertificate(certificateId)
        const places = placesWhereActive(organization, certificateId)
        // Documented is only that it is refused; that archived projects count as well is our choice, like the conflict.
        if (places.length > 0) return refuse(409, `The certificate is active in ${places.join(', ')}.`)
        remove(organization.certificates, ({ id }) => id === certificateId)
        for (const { certificates } of organization.projects) {
          remove(certificates, (listed) => listed.certificateId === certificateId)
        }
        return { status: 200, body: { object: 'certificate.deleted', id: certificateId } }
      }),
  })
}

/** The ids of the organization and of the projects that have it in force. */
function placesWhereActive({ id, certificates, projects }: Organization, certificateId: string): string[] {
  const inForce = projects.filter((project) =>
    project.certificates.some((listed) => listed.certificateId === certificateId && listed.active),
  )
  const ownFlag = certificates.some((certificate) => certificate.id === certificateId && certificate.active)
  return [...(ownFlag ? [id] : []), ...inForce.map((project) => project.id)]
}

function remove<Item>(items: Item[], fits: (item: Item) => boolean): void {
  items.splice(0, items.length, ...items.filter((item) => !fits(item)))
}

function refuseName() {
  return refuse(400, `'name' has to be a text.`, { param: 'name' })
}
