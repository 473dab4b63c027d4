import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import type { Check } from './check.ts'
import type { Documents } from './documents.ts'
import { report } from './report.ts'

/** Validates an error body with the schema of the document that no response refers to. */
async function checkError(documents: Documents, what: string, status: number, answer: Response): Promise<void> {
  const fault = documents.faultOf(await answer.json(), 'openai', ['components', 'schemas', 'ErrorResponse'])
  report(`openai ${status} ${what}`, answer.status === status ? fault : `answered ${answer.status}`)
}

export async function checkOpenAI(check: Check, documents: Documents): Promise<void> {
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
