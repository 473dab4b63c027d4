import type { Handler } from '../../sandbox/call.ts'
import { startEmulator } from '../../sandbox/emulator.ts'
import { createRouter } from '../../sandbox/router.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { type Access, createAccess } from './sandbox/access.ts'
import { respondPage } from './sandbox/page.ts'
import {
  certificateWithContent,
  describedProject,
  listedCertificate,
  reject,
  rejectUnknownCertificate,
  rejectUnknownProject,
  singleCertificate,
} from './sandbox/responses.ts'
import { createScaledOrganizations, type OpenAIScale } from './sandbox/scaled.ts'
import { createOrganization } from './sandbox/seed.ts'
import type { OpenAISandboxState } from './sandbox/state.ts'
import { createWrites } from './sandbox/writes.ts'

export interface OpenAISandboxConfig {
  readonly organizations: readonly { id: string; name: string; adminKey: string; baseUrl: string }[]
}

/** Emulates the certificate and project endpoints of OpenAI's administration API. It documents no rate limit. */
export async function startOpenAISandbox({
  now,
  scale,
}: SandboxOptions<OpenAIScale>): Promise<Sandbox<OpenAISandboxConfig, OpenAISandboxState>> {
  const organizations = scale ? createScaledOrganizations(now(), scale) : [createOrganization(now())]
  const state: OpenAISandboxState = { generation: '2026', organizations }

  const access = createAccess(state)
  const reads = createReads(state, access)
  const writes = createWrites(state, access, now)
  let responses = 0
  const emulator = await startEmulator((call) => reads(call) ?? writes(call), {
    now,
    headers: () => ({ 'x-request-id': `req_${++responses}` }),
  })
  const baseUrl = `${emulator.url}/v1`
  return {
    config: { organizations: organizations.map(({ id, name, adminKey }) => ({ id, name, adminKey, baseUrl })) },
    emulator,
    state,
    close: emulator.close,
  }
}

function createReads(state: OpenAISandboxState, { within }: Access): Handler {
  return createRouter({
    'GET /v1/organization/certificates': ({ call }) =>
      within(call, ({ certificates }) => {
        const items = certificates.map((certificate) =>
          listedCertificate(certificate, 'organization.certificate', certificate.active, state.generation),
        )
        return respondPage(items, call.query, state.generation)
      }),

    'GET /v1/organization/certificates/:certificateId': ({ call, params }) =>
      within(call, async ({ certificates }) => {
        const included = call.query.getAll('include[]')
        if (included.some((member) => member !== 'content')) {
          return reject(400, `expected 'include[]' to be 'content'.`, { param: 'include' })
        }
        const certificate = certificates.find(({ id }) => id === params.certificateId)
        if (!certificate) return rejectUnknownCertificate(params.certificateId)
        return {
          status: 200,
          body:
            included.length > 0
              ? await certificateWithContent(certificate, state.generation)
              : singleCertificate(certificate, state.generation),
        }
      }),

    'GET /v1/organization/projects': ({ call }) =>
      within(call, ({ projects }) => {
        const includeArchived = call.query.get('include_archived') === 'true'
        const items = projects
          .filter(({ archivedAt }) => includeArchived || archivedAt === null)
          .map((project) => describedProject(project, state.generation))
        return respondPage(items, call.query, state.generation)
      }),

    'GET /v1/organization/projects/:projectId': ({ call, params }) =>
      within(call, ({ projects }) => {
        const project = projects.find(({ id }) => id === params.projectId)
        if (!project) return rejectUnknownProject(params.projectId)
        return { status: 200, body: describedProject(project, state.generation) }
      }),

    'GET /v1/organization/projects/:projectId/certificates': ({ call, params }) =>
      within(call, ({ projects, certificates }) => {
        const project = projects.find(({ id }) => id === params.projectId)
        if (!project) return rejectUnknownProject(params.projectId)
        const items = project.certificates.flatMap(({ certificateId, active }) => {
          const certificate = certificates.find(({ id }) => id === certificateId)
          return certificate
            ? [listedCertificate(certificate, 'organization.project.certificate', active, state.generation)]
            : []
        })
        return respondPage(items, call.query, state.generation)
      }),
  })
}
