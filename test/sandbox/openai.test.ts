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
  const answer = await send(method, path, body)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Body
}

async function refused(
  answer: Response | Promise<Response>,
): Promise<{ status: number; message: string; param: unknown }> {
  const refusal = await answer
  const { error } = (await refusal.json()) as { error: { message: string; type: string; param: unknown } }
  expect(error.type).toBe('invalid_request_error')
  return { status: refusal.status, message: error.message, param: error.param }
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

  it('is refused for changes alone to a key that may only read', async () => {
    const [certificate] = organization().certificates
    const path = `/organization/certificates/${certificate?.id}`
    organization().missingWriteScope = 'object'
    expect((await get(path)).status).toBe(200)
    expect(await refused(send('POST', path, { name: 'Renamed' }))).toMatchObject({
      status: 401,
      message: expect.stringContaining('api.management.write'),
    })
    organization().missingWriteScope = 'bare string'
    const bare = await send('DELETE', path)
    expect(bare.status).toBe(403)
    expect(await bare.json()).toEqual({ error: expect.stringContaining('api.management.write') })
    expect(certificate?.name).toBe('Gateway clients')
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
  it('comes first in the list, with the dates of its PEM and switched on nowhere', async () => {
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

  it('may have its PEM on one line, under its older name, and no name of its own', async () => {
    const content = (await issued()).replaceAll('\n', '')
    const one = await change<Row>('POST', list, { content })
    const two = await change<Row>('POST', list, { content })
    expect([one.name, two.name]).toEqual([null, null])
    expect(one.id).not.toBe(two.id)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['nothing', async () => undefined],
    ['a number', async () => 7],
    ['no PEM', async () => 'not a certificate'],
    ['a frame around no certificate', async () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    ['two certificates', async () => `${await issued()}\n${await issued({ serialNumber: '52' })}`],
    ['a certificate with a private key', async () => `${await issued()}\n-----BEGIN PRIVATE KEY-----\n`],
    ['a certificate that may issue none', () => issued({ authority: false })],
    ['16 kB', async () => (await issued()).padEnd(16 * 1024)],
    ['a certificate that ends within a day', () => issued({ notAfter: new Date(NOW + DAY) })],
  ])('is refused that has %s', async (_, certificate) => {
    const refusal = await refused(send('POST', list, { certificate: await certificate(), name: 'Couriers' }))
    expect(refusal).toMatchObject({ status: 400, param: 'certificate' })
    expect(refusal.message).not.toContain('-----')
    expect(organization().certificates).toHaveLength(14)
  })

  it('may end a day and a second from now, with a byte to spare', async () => {
    const pem = await issued({ notAfter: new Date(NOW + DAY + 1000) })
    await change('POST', list, { certificate: pem.padEnd(16 * 1024 - 1) })
  })

  it('is refused with a name that is no text', async () => {
    const refusal = await refused(send('POST', list, { certificate: await issued(), name: 7 }))
    expect(refusal).toMatchObject({ status: 400, param: 'name' })
  })

  it('is refused to an organization that has fifty', async () => {
    const certificate = await issued()
    for (let held = 14; held < 50; held++) await change('POST', list, { certificate })
    expect(await refused(send('POST', list, { certificate }))).toMatchObject({ status: 400, param: null })
    await change('DELETE', `${list}/${named('Load tests').id}`)
    await change('POST', list, { certificate })
  })
})

describe('a new name', () => {
  it('is all that changes of a certificate', async () => {
    const { id } = named('Load tests')
    const before = await read<Row>(`${list}/${id}`)
    const renamed = await change<Row>('POST', `${list}/${id}`, { name: 'Load tests, retired' })
    expect(renamed).toEqual({ ...before, name: 'Load tests, retired' })
    expect(await read(`${list}/${id}`)).toEqual(renamed)
    expect(await change('POST', `${list}/${id}`, {})).toEqual(renamed)
  })

  it('is refused that is no text, or for a certificate that is not there', async () => {
    const { id } = named('Load tests')
    expect(await refused(send('POST', `${list}/${id}`, { name: null }))).toMatchObject({ status: 400, param: 'name' })
    expect(await refused(send('POST', `${list}/cert_nobody`, { name: 'x' }))).toMatchObject({ status: 404 })
  })
})

describe('a deletion', () => {
  it('takes the certificate out of every list', async () => {
    const { id } = named('Edge proxies')
    const forms = inProject('Customs forms')
    expect((await flagsIn(forms)).has(id)).toBe(true)
    await change('POST', `${list}/deactivate`, { certificate_ids: [id] })
    await change('POST', `${inProject('Shipment tracking')}/deactivate`, { certificate_ids: [id] })

    expect(await change('DELETE', `${list}/${id}`)).toEqual({ object: 'certificate.deleted', id })
    expect((await flagsIn(list)).has(id)).toBe(false)
    expect((await flagsIn(forms)).has(id)).toBe(false)
    expect((await get(`${list}/${id}`)).status).toBe(404)
    expect(await refused(send('DELETE', `${list}/${id}`))).toMatchObject({ status: 404 })
  })

  it.each([
    ['in the organization', 'Gateway clients', () => organization().id],
    ['in a project alone', 'Label printers', () => projectNamed('Label printing').id],
  ])('is refused of what is active %s', async (_, name, place) => {
    const { id } = named(name)
    const refusal = await refused(send('DELETE', `${list}/${id}`))
    expect(refusal).toMatchObject({ status: 409, message: expect.stringContaining(place()) })
    expect((await get(`${list}/${id}`)).status).toBe(200)
  })
})

describe.each<[string, () => string, () => string, string]>([
  ['the organization', () => list, () => inProject('Customs forms'), 'organization.certificate'],
  ['a project', () => inProject('Customs forms'), () => list, 'organization.project.certificate'],
])('a switch in %s', (_, path, other, object) => {
  it('turns on and off all that are named, in the order named, however often', async () => {
    const ids = [named('Load tests').id, named('Customs declarations').id]
    const before = await flagsIn(other())
    for (const active of [true, true, false, false]) {
      const answer = await change<Page>('POST', `${path()}/${active ? 'activate' : 'deactivate'}`, {
        certificate_ids: ids,
      })
      expect(answer).toEqual({
        object: `${object}.${active ? 'activation' : 'deactivation'}`,
        data: ids.map((id) => expect.objectContaining({ object, id, active })),
      })
      const flags = await flagsIn(path())
      expect(ids.map((id) => flags.get(id))).toEqual([active, active])
    }
    expect(await flagsIn(other())).toEqual(before)
  })

  it('answered with a list in the older shape', async () => {
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
    ['none', () => []],
    [
      'eleven',
      () =>
        organization()
          .certificates.slice(0, 11)
          .map(({ id }) => id),
    ],
    ['one twice', () => [named('Load tests').id, named('Load tests').id]],
    ['a number', () => [named('Load tests').id, 7]],
    ['no list', () => named('Load tests').id],
    ['nothing', () => undefined],
  ])('is refused that names %s', async (_, ids) => {
    const before = await flagsIn(path())
    const refusal = await refused(send('POST', `${path()}/activate`, { certificate_ids: ids() }))
    expect(refusal).toMatchObject({ status: 400, param: 'certificate_ids' })
    expect(await flagsIn(path())).toEqual(before)
  })

  it('may name ten', async () => {
    const ids = organization()
      .certificates.slice(0, 10)
      .map(({ id }) => id)
    expect((await change<Page>('POST', `${path()}/activate`, { certificate_ids: ids })).data).toHaveLength(10)
  })

  it('does nothing when one that is named is not there', async () => {
    const before = await flagsIn(path())
    const ids = [named('Load tests').id, 'cert_nobody']
    const refusal = await refused(send('POST', `${path()}/activate`, { certificate_ids: ids }))
    expect(refusal).toMatchObject({ status: 404, message: expect.stringContaining('cert_nobody') })
    expect(await flagsIn(path())).toEqual(before)
  })
})

describe('a switch in a project', () => {
  it('brings into its list what it turns on, and nothing that it turns off', async () => {
    const path = inProject('Label printing')
    const { id } = named('Load tests')
    await change('POST', `${path}/deactivate`, { certificate_ids: [id] })
    expect((await flagsIn(path)).has(id)).toBe(false)
    await change('POST', `${path}/activate`, { certificate_ids: [id] })
    expect((await flagsIn(path)).get(id)).toBe(true)
    await change('POST', `${path}/deactivate`, { certificate_ids: [id] })
    expect((await flagsIn(path)).get(id)).toBe(false)
  })

  it('is refused when the project is archived or not there', async () => {
    const body = { certificate_ids: [named('Load tests').id] }
    for (const id of [projectNamed('Pilot 1').id, 'proj_nobody']) {
      const refusal = await refused(send('POST', `/organization/projects/${id}/certificates/activate`, body))
      expect(refusal).toMatchObject({ status: 404, message: expect.stringContaining(id) })
    }
  })
})

describe('a body', () => {
  it.each([
    ['no JSON', 'application/json', '{"name":'],
    ['null', 'application/json', 'null'],
    ['a text', 'application/json', '"name"'],
    ['nothing', 'application/json', ''],
    ['JSON that is called something else', 'text/plain', '{"name":"x"}'],
  ])('is refused that is %s', async (_, type, body) => {
    const [{ baseUrl, adminKey } = { baseUrl: '', adminKey: '' }] = sandbox.config.organizations
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': type }
    const refusal = await refused(
      fetch(`${baseUrl}${list}/${named('Load tests').id}`, { method: 'POST', headers, body }),
    )
    expect(refusal).toMatchObject({ status: 400, param: null })
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
