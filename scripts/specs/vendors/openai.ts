import { startOpenAISandbox } from '../../../src/providers/openai/sandbox.ts'
import { certificateShape, parsePage, projectShape } from '../../../src/providers/openai/wire.ts'
import { report } from '../check.ts'
import type { Documents } from '../documents.ts'
import { checkWrites } from '../openai-writes.ts'
import { parseCompletely, type SpecContext, type VendorSpecs } from '../vendor-specs.ts'

const parseCertificates = (body: unknown) => parseCompletely(parsePage(body).data, certificateShape.parse)

export const specs: VendorSpecs = {
  documents: { openai: 'openai-certificates.openapi.yaml' },
  parsers: {
    '/organization/certificates': parseCertificates,
    '/organization/certificates/{certificate_id}': (body) => parseCompletely([body], certificateShape.parse),
    '/organization/projects': (body) => parseCompletely(parsePage(body).data, projectShape.parse),
    '/organization/projects/{project_id}': (body) => parseCompletely([body], projectShape.parse),
    '/organization/projects/{project_id}/certificates': parseCertificates,
  },
  examples: {
    'openai.organization.certificates.list.json': '/organization/certificates',
    'openai.organization.certificates.list.empty.json': '/organization/certificates',
    'openai.organization.certificates.retrieve.include-content.json': '/organization/certificates/{certificate_id}',
    'openai.organization.projects.certificates.list.json': '/organization/projects/{project_id}/certificates',
    'openai.organization.projects.list.json': '/organization/projects',
  },
  async check(context) {
    await checkReads(context)
    await checkWrites(context.documents)
  },
}

/** Validates an error body with the schema of the document that no response refers to. */
async function checkError(documents: Documents, what: string, status: number, response: Response): Promise<void> {
  const fault = documents.faultOf(await response.json(), 'openai', ['components', 'schemas', 'ErrorResponse'])
  report(`openai ${status} ${what}`, response.status === status ? fault : `returned ${response.status}`)
}

async function checkReads({ check, documents }: SpecContext): Promise<void> {
  const { config, state, close } = await startOpenAISandbox({ now: Date.now })
  const [account] = config.organizations
  const [organization] = state.organizations
  if (!account || !organization) throw new Error('no organization')
  const get = (path: string, key = account.adminKey) =>
    fetch(account.baseUrl + path, { headers: { authorization: `Bearer ${key}` } })
  const list = '/organization/certificates'

  for (const generation of ['2025', '2026'] as const) {
    state.generation = generation
    const read = (path: string, pattern: string) => check(`${path} (${generation})`, 'openai', pattern, 200, get(path))
    await read(list, list)
    await read(`${list}?limit=5&order=asc&after=${organization.certificates[7]?.id}`, list)
    for (const { id } of organization.certificates) {
      await read(`${list}/${id}`, `${list}/{certificate_id}`)
      await read(`${list}/${id}?include[]=content`, `${list}/{certificate_id}`)
    }
    await read('/organization/projects?limit=2', '/organization/projects')
    await read('/organization/projects?include_archived=true', '/organization/projects')
    for (const { id } of organization.projects) {
      await read(`/organization/projects/${id}`, '/organization/projects/{project_id}')
      await read(`/organization/projects/${id}/certificates`, '/organization/projects/{project_id}/certificates')
    }
  }

  await checkError(documents, `${list}?limit=101`, 400, await get(`${list}?limit=101`))
  await checkError(documents, `${list} with a wrong key`, 401, await get(list, 'sk-wrong'))
  await checkError(documents, `${list}/cert_unknown`, 404, await get(`${list}/cert_unknown`))
  organization.missingScope = 'object'
  await checkError(documents, `${list} without the scope`, 401, await get(list))
  organization.missingScope = null

  organization.certificates.length = 0
  organization.projects.length = 0
  await check(`${list}, empty`, 'openai', list, 200, get(list))
  await check('/organization/projects, empty', 'openai', '/organization/projects', 200, get('/organization/projects'))
  await close()
}
