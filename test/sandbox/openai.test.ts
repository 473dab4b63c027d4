import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'

type OpenAISandbox = Awaited<ReturnType<typeof startOpenAISandbox>>

interface Row {
  id: string
  object: string
  name: string | null
  active?: boolean
  created_at: number
  status?: string
  certificate_details: { valid_at?: number; expires_at?: number; content?: string }
}

interface Page {
  data: Row[]
  has_more: boolean
  first_id?: string | null
  last_id?: string | null
}

const NOW = Date.parse('2030-03-10T15:30:00Z')

let sandbox: OpenAISandbox

beforeEach(async () => {
  sandbox = await startOpenAISandbox({ now: () => NOW })
})

afterEach(async () => {
  expect(sandbox.emulator.unknown).toEqual([])
  await sandbox.close()
})

const organization = () => {
  const [first] = sandbox.state.organizations
  if (!first) throw new Error('the sandbox has no organization')
  return first
}

function get(path: string, key = organization().adminKey): Promise<Response> {
  const [{ baseUrl } = { baseUrl: '' }] = sandbox.config.organizations
  return fetch(baseUrl + path, { headers: { authorization: `Bearer ${key}` } })
}

async function read<Body>(path: string): Promise<Body> {
  const answer = await get(path)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Body
}

describe('paging', () => {
  it('gives twenty items unless told, newest first, and goes on after the last id', async () => {
    const certificates = organization().certificates
    const [template] = certificates
    if (!template) throw new Error('no certificate')
    for (let i = 0; i < 30; i++) certificates.push({ ...template, id: `cert_more${i}`, createdAt: 1000 + i })

    const first = await read<Page>('/organization/certificates')
    expect(first.data).toHaveLength(20)
    expect(first).toMatchObject({ has_more: true, first_id: first.data[0]?.id, last_id: first.data[19]?.id })
    const second = await read<Page>(`/organization/certificates?after=${first.last_id}`)
    const third = await read<Page>(`/organization/certificates?after=${second.last_id}`)
    expect(third.data).toHaveLength(4)
    expect(third.has_more).toBe(false)
    const all = [...first.data, ...second.data, ...third.data]
    expect(new Set(all.map(({ id }) => id)).size).toBe(44)
    expect(all.map(({ created_at }) => created_at)).toEqual(
      all.map(({ created_at }) => created_at).toSorted((a, b) => b - a),
    )
    const ascending = await read<Page>('/organization/certificates?order=asc&limit=100')
    expect(ascending.data.map(({ id }) => id)).toEqual(all.map(({ id }) => id).reverse())
  })

  it.each(['limit=0', 'limit=101', 'limit=ten', 'order=name', 'after=cert_nobody'])('refuses %s', async (query) => {
    const answer = await get(`/organization/certificates?${query}`)
    expect(answer.status).toBe(400)
    const [param] = query.split('=')
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param, code: null } })
  })

  it('names no cursor on an empty page: null in the newer bodies, absent in the older', async () => {
    organization().certificates.length = 0
    expect(await read('/organization/certificates')).toEqual({
      object: 'list',
      data: [],
      has_more: false,
      first_id: null,
      last_id: null,
    })
    sandbox.state.generation = '2025'
    expect(await read('/organization/certificates')).toEqual({ object: 'list', data: [], has_more: false })
  })
})

describe('access', () => {
  it('is refused to an unknown key and to none, with a request id', async () => {
    const answers = [
      await get('/organization/certificates', 'sk-wrong'),
      await fetch(`${sandbox.emulator.url}/v1/organization/projects`),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect(answer.headers.get('x-request-id')).toMatch(/^req_\d+$/)
      expect(await answer.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
    }
  })

  it('is refused to a key without the scope in both of the forms that were seen', async () => {
    organization().missingScope = 'object'
    const object = await get('/organization/certificates')
    expect(object.status).toBe(401)
    expect(await object.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null, code: null } })
    organization().missingScope = 'bare string'
    const bare = await get('/organization/certificates')
    expect(bare.status).toBe(403)
    expect(await bare.json()).toEqual({ error: expect.any(String) })
  })

  it('shows each organization to its own key alone', async () => {
    sandbox.state.organizations.push({ ...organization(), id: 'org_other', adminKey: 'sk-other', certificates: [] })
    expect(await (await get('/organization/certificates', 'sk-other')).json()).toMatchObject({ data: [] })
    expect((await read<Page>('/organization/certificates')).data).toHaveLength(14)
  })

  it.each([
    '/organization/certificates/cert_nobody',
    '/organization/projects/proj_nobody',
    '/organization/projects/proj_nobody/certificates',
  ])('is answered 404 at %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
})

describe('certificates', () => {
  it('come without content in lists, and with it only when it is asked for', async () => {
    const { data } = await read<Page>('/organization/certificates')
    expect(data.every(({ object }) => object === 'organization.certificate')).toBe(true)
    expect(data.some(({ certificate_details }) => 'content' in certificate_details)).toBe(false)
    const [listed] = data
    const plain = await read<Row>(`/organization/certificates/${listed?.id}`)
    const { active, ...rest } = { ...listed, object: 'certificate' }
    expect(active).toBe(false)
    expect(plain).toEqual(rest)
    const full = await read<Row>(`/organization/certificates/${listed?.id}?include%5B%5D=content`)
    expect(full.certificate_details.content).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    expect((await get(`/organization/certificates/${listed?.id}?include[]=pem`)).status).toBe(400)
  })

  it('have a PEM each that says what the row says, the same at every call', async () => {
    const { data } = await read<Page>('/organization/certificates')
    const serials = new Set<string>()
    for (const { id, certificate_details } of data) {
      const path = `/organization/certificates/${id}?include[]=content`
      const [one, two] = await Promise.all([read<Row>(path), read<Row>(path)])
      expect(one).toEqual(two)
      const parsed = new X509Certificate(one.certificate_details.content ?? '')
      serials.add(parsed.serialNumber)
      expect(parsed.ca).toBe(true)
      const { valid_at, expires_at } = certificate_details
      if (valid_at !== undefined) expect(Date.parse(parsed.validFrom)).toBe(valid_at * 1000)
      if (expires_at !== undefined) expect(Date.parse(parsed.validTo)).toBe(expires_at * 1000)
    }
    expect(serials.size).toBe(14)
  })

  it('can have their PEM on one line', async () => {
    const [certificate] = organization().certificates
    if (certificate) certificate.pemOnOneLine = true
    const { certificate_details } = await read<Row>(`/organization/certificates/${certificate?.id}?include[]=content`)
    expect(certificate_details.content).toMatch(/^-----BEGIN CERTIFICATE-----[^\n]+-----END CERTIFICATE-----$/)
  })

  it('have a null name only in the newer bodies', async () => {
    const names = async () => (await read<Page>('/organization/certificates')).data.map(({ name }) => name)
    expect(await names()).toContain(null)
    sandbox.state.generation = '2025'
    expect(await names()).not.toContain(null)
  })

  it('follow the state from call to call', async () => {
    organization().certificates.splice(0, 13)
    const [left] = organization().certificates
    if (left) left.name = 'Renamed'
    expect((await read<Page>('/organization/certificates')).data).toMatchObject([{ id: left?.id, name: 'Renamed' }])
  })
})

describe('projects', () => {
  it('are listed without the archived one unless it is asked for', async () => {
    const active = await read<Page>('/organization/projects')
    expect(active.data.map(({ status }) => status)).toEqual(Array(5).fill('active'))
    const all = await read<Page>('/organization/projects?include_archived=true')
    expect(all.data.map(({ status }) => status)).toContain('archived')
    expect(all.data).toHaveLength(6)
    const [project] = all.data
    expect(await read(`/organization/projects/${project?.id}`)).toEqual(project)
  })

  it('have flags of their own, independent of the organization', async () => {
    const { data: projects } = await read<Page>('/organization/projects')
    const organizationFlags = new Map(organization().certificates.map(({ id, active }) => [id, active]))
    const pairs = new Set<string>()
    const projectsPerCertificate = new Map<string, number>()
    for (const { id: projectId } of projects) {
      const { data } = await read<Page>(`/organization/projects/${projectId}/certificates`)
      for (const { id, object, active } of data) {
        expect(object).toBe('organization.project.certificate')
        pairs.add(`${organizationFlags.get(id)}/${active}`)
        if (active) projectsPerCertificate.set(id, (projectsPerCertificate.get(id) ?? 0) + 1)
      }
    }
    expect(pairs).toEqual(new Set(['true/true', 'true/false', 'false/true', 'false/false']))
    expect([...projectsPerCertificate.values()].filter((count) => count > 1).length).toBeGreaterThan(2)
  })
})

it('grows to any number of organizations, projects and certificates', async () => {
  const scaled = await startOpenAISandbox({
    now: () => NOW,
    scale: { organizations: 3, certificatesPerOrganization: 50, projectsPerOrganization: 200 },
  })
  expect(scaled.config.organizations).toHaveLength(3)
  const [, second] = scaled.config.organizations
  const headers = { authorization: `Bearer ${second?.adminKey}` }
  const page = async (list: string) => {
    const answer = await fetch(`${second?.baseUrl}/organization/${list}?limit=100`, { headers })
    return (await answer.json()) as Page
  }
  const certificates = await page('certificates')
  expect(certificates.data).toHaveLength(50)
  expect(certificates.has_more).toBe(false)
  const projects = await page('projects')
  expect(projects.data).toHaveLength(100)
  expect(projects.has_more).toBe(true)
  await scaled.close()
})
