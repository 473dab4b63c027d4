import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { type CertificateRequest, issueCertificate } from '../../src/sandbox/issue-certificate.ts'

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

function send(method: string, path: string, body?: object, key = organization().adminKey): Promise<Response> {
  const [{ baseUrl } = { baseUrl: '' }] = sandbox.config.organizations
  const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) }
  return fetch(baseUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

async function change<Body>(method: string, path: string, body?: object): Promise<Body> {
  const response = await send(method, path, body)
  expect(response.status).toBe(200)
  return (await response.json()) as Body
}

async function rejection(
  response: Response | Promise<Response>,
): Promise<{ status: number; message: string; param: unknown }> {
  const rejected = await response
  const { error } = (await rejected.json()) as { error: { message: string; type: string; param: unknown } }
  expect(error.type).toBe('invalid_request_error')
  return { status: rejected.status, message: error.message, param: error.param }
}

async function read<Body>(path: string): Promise<Body> {
  const response = await get(path)
  expect(response.status).toBe(200)
  return (await response.json()) as Body
}

describe('a list', () => {
  it('returns 20 items by default, newest first, and continues after the last id', async () => {
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

  it.each(['limit=0', 'limit=101', 'limit=ten', 'order=name', 'after=cert_unknown'])('rejects %s', async (query) => {
    const response = await get(`/organization/certificates?${query}`)
    expect(response.status).toBe(400)
    const [param] = query.split('=')
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param, code: null } })
  })

  it('has no cursors on an empty page: null in 2026, absent in 2025', async () => {
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
  it('is denied to an unknown key and without a key, with a request id', async () => {
    const responses = [
      await get('/organization/certificates', 'sk-wrong'),
      await fetch(`${sandbox.emulator.url}/v1/organization/projects`),
    ]
    for (const response of responses) {
      expect(response.status).toBe(401)
      expect(response.headers.get('x-request-id')).toMatch(/^req_\d+$/)
      expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
    }
  })

  it('is denied to a key without the read scope in both forms', async () => {
    organization().missingScope = 'object'
    const object = await get('/organization/certificates')
    expect(object.status).toBe(401)
    expect(await object.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null, code: null } })
    organization().missingScope = 'bare string'
    const bare = await get('/organization/certificates')
    expect(bare.status).toBe(403)
    expect(await bare.json()).toEqual({ error: expect.any(String) })
  })

  it('is denied to a key without the write scope for changes only', async () => {
    const [certificate] = organization().certificates
    const path = `/organization/certificates/${certificate?.id}`
    organization().missingWriteScope = 'object'
    expect((await get(path)).status).toBe(200)
    expect(await rejection(send('POST', path, { name: 'Renamed' }))).toMatchObject({
      status: 401,
      message: expect.stringContaining('api.management.write'),
    })
    organization().missingWriteScope = 'bare string'
    const bare = await send('DELETE', path)
    expect(bare.status).toBe(403)
    expect(await bare.json()).toEqual({ error: expect.stringContaining('api.management.write') })
    expect(certificate?.name).toBe('Gateway clients')
  })

  it('is limited to the organization of the key', async () => {
    sandbox.state.organizations.push({ ...organization(), id: 'org_other', adminKey: 'sk-other', certificates: [] })
    expect(await (await get('/organization/certificates', 'sk-other')).json()).toMatchObject({ data: [] })
    expect((await read<Page>('/organization/certificates')).data).toHaveLength(14)
  })

  it.each([
    '/organization/certificates/cert_unknown',
    '/organization/projects/proj_unknown',
    '/organization/projects/proj_unknown/certificates',
  ])('returns 404 at %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
})

describe('certificates', () => {
  it('have content only when a single one is requested with content', async () => {
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

  it('have a PEM that matches the row and is the same in every response', async () => {
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

  it('have a null name in 2026 only', async () => {
    const names = async () => (await read<Page>('/organization/certificates')).data.map(({ name }) => name)
    expect(await names()).toContain(null)
    sandbox.state.generation = '2025'
    expect(await names()).not.toContain(null)
  })

  it('follow changes of the state', async () => {
    organization().certificates.splice(0, 13)
    const [remaining] = organization().certificates
    if (remaining) remaining.name = 'Renamed'
    expect((await read<Page>('/organization/certificates')).data).toMatchObject([
      { id: remaining?.id, name: 'Renamed' },
    ])
  })
})

describe('projects', () => {
  it('include archived projects only on request', async () => {
    const active = await read<Page>('/organization/projects')
    expect(active.data.map(({ status }) => status)).toEqual(Array(5).fill('active'))
    const all = await read<Page>('/organization/projects?include_archived=true')
    expect(all.data.map(({ status }) => status)).toContain('archived')
    expect(all.data).toHaveLength(6)
    const [project] = all.data
    expect(await read(`/organization/projects/${project?.id}`)).toEqual(project)
  })

  it('have their own flags, independent of the organization', async () => {
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

const DAY = 86_400_000
const list = '/organization/certificates'

const issued = async (request: Partial<CertificateRequest> = {}) => {
  const { pem } = await issueCertificate({
    subject: 'CN=Courier CA,O=Bluequay Freight,C=NL',
    serialNumber: '51',
    notBefore: new Date('2030-03-01T00:00:00Z'),
    notAfter: new Date('2031-03-01T00:00:00Z'),
    keyAlgorithm: 'ECDSA',
    authority: true,
    ...request,
  })
  return pem
}

const named = (name: string) => {
  const certificate = organization().certificates.find((each) => each.name === name)
  if (!certificate) throw new Error(`no certificate ${name}`)
  return certificate
}

const projectNamed = (name: string) => {
  const project = organization().projects.find((each) => each.name === name)
  if (!project) throw new Error(`no project ${name}`)
  return project
}

const inProject = (name: string) => `/organization/projects/${projectNamed(name).id}/certificates`

const flagsIn = async (path: string) => {
  const { data } = await read<Page>(`${path}?limit=100`)
  return new Map(data.map(({ id, active }) => [id, active]))
}

describe('an upload', () => {
  it('comes first in the list, with the dates of its PEM, active nowhere', async () => {
    const pem = await issued()
    const uploaded = await change<Row>('POST', list, { certificate: pem, name: 'Couriers' })
    expect(uploaded).toEqual({
      object: 'certificate',
      id: expect.stringMatching(/^cert_[0-9a-f]{18}$/),
      name: 'Couriers',
      created_at: NOW / 1000,
      certificate_details: {
        valid_at: Date.parse('2030-03-01T00:00:00Z') / 1000,
        expires_at: Date.parse('2031-03-01T00:00:00Z') / 1000,
      },
    })
    const { data } = await read<Page>(list)
    expect(data[0]).toEqual({ ...uploaded, object: 'organization.certificate', active: false })
    expect(data).toHaveLength(15)
    const full = await read<Row>(`${list}/${uploaded.id}?include[]=content`)
    expect(full).toEqual({
      ...uploaded,
      certificate_details: { ...uploaded.certificate_details, content: pem },
    })
    for (const { name } of organization().projects) {
      expect((await flagsIn(inProject(name))).has(uploaded.id)).toBe(false)
    }
  })

  it('accepts PEM on one line, the older parameter name, and no name', async () => {
    const content = (await issued()).replaceAll('\n', '')
    const one = await change<Row>('POST', list, { content })
    const two = await change<Row>('POST', list, { content })
    expect([one.name, two.name]).toEqual([null, null])
    expect(one.id).not.toBe(two.id)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['no certificate', async () => undefined],
    ['a number', async () => 7],
    ['text that is not PEM', async () => 'not a certificate'],
    ['a PEM block without a certificate', async () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    ['two certificates', async () => `${await issued()}\n${await issued({ serialNumber: '52' })}`],
    ['a certificate with a private key', async () => `${await issued()}\n-----BEGIN PRIVATE KEY-----\n`],
    ['a certificate that is not a CA', () => issued({ authority: false })],
    ['16 kB', async () => (await issued()).padEnd(16 * 1024)],
    ['a certificate that expires within a day', () => issued({ notAfter: new Date(NOW + DAY) })],
  ])('is rejected with %s', async (_, certificate) => {
    const rejected = await rejection(send('POST', list, { certificate: await certificate(), name: 'Couriers' }))
    expect(rejected).toMatchObject({ status: 400, param: 'certificate' })
    expect(rejected.message).not.toContain('-----')
    expect(organization().certificates).toHaveLength(14)
  })

  it('accepts a certificate that expires in a day and a second, one byte below the limit', async () => {
    const pem = await issued({ notAfter: new Date(NOW + DAY + 1000) })
    await change('POST', list, { certificate: pem.padEnd(16 * 1024 - 1) })
  })

  it('is rejected with a name that is not a string', async () => {
    const rejected = await rejection(send('POST', list, { certificate: await issued(), name: 7 }))
    expect(rejected).toMatchObject({ status: 400, param: 'name' })
  })

  it('is rejected when the organization has 50 certificates', async () => {
    const certificate = await issued()
    for (let count = 14; count < 50; count++) await change('POST', list, { certificate })
    expect(await rejection(send('POST', list, { certificate }))).toMatchObject({ status: 400, param: null })
    await change('DELETE', `${list}/${named('Load tests').id}`)
    await change('POST', list, { certificate })
  })
})

describe('a rename', () => {
  it('changes the name and nothing else', async () => {
    const { id } = named('Load tests')
    const before = await read<Row>(`${list}/${id}`)
    const renamed = await change<Row>('POST', `${list}/${id}`, { name: 'Load tests, retired' })
    expect(renamed).toEqual({ ...before, name: 'Load tests, retired' })
    expect(await read(`${list}/${id}`)).toEqual(renamed)
    expect(await change('POST', `${list}/${id}`, {})).toEqual(renamed)
  })

  it('is rejected for a name that is not a string and for an unknown certificate', async () => {
    const { id } = named('Load tests')
    expect(await rejection(send('POST', `${list}/${id}`, { name: null }))).toMatchObject({ status: 400, param: 'name' })
    expect(await rejection(send('POST', `${list}/cert_unknown`, { name: 'x' }))).toMatchObject({ status: 404 })
  })
})

describe('a deletion', () => {
  it('removes the certificate from every list', async () => {
    const { id } = named('Edge proxies')
    const forms = inProject('Customs forms')
    expect((await flagsIn(forms)).has(id)).toBe(true)
    await change('POST', `${list}/deactivate`, { certificate_ids: [id] })
    await change('POST', `${inProject('Shipment tracking')}/deactivate`, { certificate_ids: [id] })

    expect(await change('DELETE', `${list}/${id}`)).toEqual({ object: 'certificate.deleted', id })
    expect((await flagsIn(list)).has(id)).toBe(false)
    expect((await flagsIn(forms)).has(id)).toBe(false)
    expect((await get(`${list}/${id}`)).status).toBe(404)
    expect(await rejection(send('DELETE', `${list}/${id}`))).toMatchObject({ status: 404 })
  })

  it.each([
    ['in the organization', 'Gateway clients', () => organization().id],
    ['in a project only', 'Label printers', () => projectNamed('Label printing').id],
  ])('is rejected for a certificate that is active %s', async (_, name, place) => {
    const { id } = named(name)
    const rejected = await rejection(send('DELETE', `${list}/${id}`))
    expect(rejected).toMatchObject({ status: 409, message: expect.stringContaining(place()) })
    expect((await get(`${list}/${id}`)).status).toBe(200)
  })
})

describe.each<[string, () => string, () => string, string]>([
  ['the organization', () => list, () => inProject('Customs forms'), 'organization.certificate'],
  ['a project', () => inProject('Customs forms'), () => list, 'organization.project.certificate'],
])('activation in %s', (_, path, other, object) => {
  it('activates and deactivates all named certificates, in order, repeatedly', async () => {
    const ids = [named('Load tests').id, named('Customs declarations').id]
    const before = await flagsIn(other())
    for (const active of [true, true, false, false]) {
      const response = await change<Page>('POST', `${path()}/${active ? 'activate' : 'deactivate'}`, {
        certificate_ids: ids,
      })
      expect(response).toEqual({
        object: `${object}.${active ? 'activation' : 'deactivation'}`,
        data: ids.map((id) => expect.objectContaining({ object, id, active })),
      })
      const flags = await flagsIn(path())
      expect(ids.map((id) => flags.get(id))).toEqual([active, active])
    }
    expect(await flagsIn(other())).toEqual(before)
  })

  it('returns a list in 2025', async () => {
    sandbox.state.generation = '2025'
    const [one, two] = [named('Load tests').id, named('Customs declarations').id]
    expect(await change('POST', `${path()}/activate`, { certificate_ids: [one, two] })).toEqual({
      object: 'list',
      data: [expect.objectContaining({ object, id: one }), expect.objectContaining({ object, id: two })],
      first_id: one,
      last_id: two,
      has_more: false,
    })
  })

  it.each<[string, () => unknown]>([
    ['no ids', () => []],
    [
      'eleven ids',
      () =>
        organization()
          .certificates.slice(0, 11)
          .map(({ id }) => id),
    ],
    ['one id twice', () => [named('Load tests').id, named('Load tests').id]],
    ['a number', () => [named('Load tests').id, 7]],
    ['a value that is not a list', () => named('Load tests').id],
    ['no member', () => undefined],
  ])('is rejected with %s', async (_, ids) => {
    const before = await flagsIn(path())
    const rejected = await rejection(send('POST', `${path()}/activate`, { certificate_ids: ids() }))
    expect(rejected).toMatchObject({ status: 400, param: 'certificate_ids' })
    expect(await flagsIn(path())).toEqual(before)
  })

  it('accepts ten ids', async () => {
    const ids = organization()
      .certificates.slice(0, 10)
      .map(({ id }) => id)
    expect((await change<Page>('POST', `${path()}/activate`, { certificate_ids: ids })).data).toHaveLength(10)
  })

  it('changes nothing when one of the certificates is unknown', async () => {
    const before = await flagsIn(path())
    const ids = [named('Load tests').id, 'cert_unknown']
    const rejected = await rejection(send('POST', `${path()}/activate`, { certificate_ids: ids }))
    expect(rejected).toMatchObject({ status: 404, message: expect.stringContaining('cert_unknown') })
    expect(await flagsIn(path())).toEqual(before)
  })
})

describe('activation in a project', () => {
  it('adds an activated certificate to the list, and no deactivated one', async () => {
    const path = inProject('Label printing')
    const { id } = named('Load tests')
    await change('POST', `${path}/deactivate`, { certificate_ids: [id] })
    expect((await flagsIn(path)).has(id)).toBe(false)
    await change('POST', `${path}/activate`, { certificate_ids: [id] })
    expect((await flagsIn(path)).get(id)).toBe(true)
    await change('POST', `${path}/deactivate`, { certificate_ids: [id] })
    expect((await flagsIn(path)).get(id)).toBe(false)
  })

  it('is rejected for an archived or unknown project', async () => {
    const body = { certificate_ids: [named('Load tests').id] }
    for (const id of [projectNamed('Pilot 1').id, 'proj_unknown']) {
      const rejected = await rejection(send('POST', `/organization/projects/${id}/certificates/activate`, body))
      expect(rejected).toMatchObject({ status: 404, message: expect.stringContaining(id) })
    }
  })
})

describe('a request body', () => {
  it.each([
    ['invalid JSON', 'application/json', '{"name":'],
    ['null', 'application/json', 'null'],
    ['a string', 'application/json', '"name"'],
    ['empty', 'application/json', ''],
    ['JSON with another media type', 'text/plain', '{"name":"x"}'],
  ])('is rejected when it is %s', async (_, type, body) => {
    const [{ baseUrl, adminKey } = { baseUrl: '', adminKey: '' }] = sandbox.config.organizations
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': type }
    const rejected = await rejection(
      fetch(`${baseUrl}${list}/${named('Load tests').id}`, { method: 'POST', headers, body }),
    )
    expect(rejected).toMatchObject({ status: 400, param: null })
  })
})

it('can be scaled to any number of organizations, projects and certificates', async () => {
  const scaled = await startOpenAISandbox({
    now: () => NOW,
    scale: { organizations: 3, certificatesPerOrganization: 50, projectsPerOrganization: 200 },
  })
  expect(scaled.config.organizations).toHaveLength(3)
  const [, second] = scaled.config.organizations
  const headers = { authorization: `Bearer ${second?.adminKey}` }
  const page = async (list: string) => {
    const response = await fetch(`${second?.baseUrl}/organization/${list}?limit=100`, { headers })
    return (await response.json()) as Page
  }
  const certificates = await page('certificates')
  expect(certificates.data).toHaveLength(50)
  expect(certificates.has_more).toBe(false)
  const projects = await page('projects')
  expect(projects.data).toHaveLength(100)
  expect(projects.has_more).toBe(true)
  await scaled.close()
})
