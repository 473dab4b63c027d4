import { randomUUID, X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  authorizationOf,
  type EdgeGridCredentials,
  type SignedRequest,
} from '../../src/providers/akamai/sandbox/edgegrid.ts'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'

type AkamaiSandbox = Awaited<ReturnType<typeof startAkamaiSandbox>>

interface Deployed {
  expiry: string
  keyAlgorithm: string
  serial: string
  sha256Fingerprint: string
}

interface Deployment {
  primaryCertificate: Deployed
  multiStackedCertificates: Deployed[]
}

interface Enrollment {
  id: number
  csr: { cn: string }
  pendingChanges: { changeType: string }[] | null
  production: Deployment | null
  staging: Deployment | null
}

const MEDIA_TYPE = 'application/vnd.akamai.cps.active-certificates.v2+json'
const FREIGHT = '/cps/v2/active-certificates?contractId=C-1BQ7FR8'
const CONTRACTS = '/contract-api/v1/contracts/identifiers'
const ENROLLMENTS = '/cps/v2/enrollments?contractId=C-1BQ7FR8'
const ENROLLMENTS_TYPE = 'application/vnd.akamai.cps.enrollments.v11+json'
const DEPLOYMENT_TYPE = 'application/vnd.akamai.cps.deployment.v8+json'
const SWITCH_KEYS = '/identity-management/v3/api-clients/self/account-switch-keys'

let now: number
let sandbox: AkamaiSandbox

beforeEach(async () => {
  now = Date.parse('2030-03-10T15:30:00Z')
  sandbox = await startAkamaiSandbox({ now: () => now })
})

afterEach(async () => {
  expect(sandbox.emulator.unknown).toEqual([])
  await sandbox.close()
})

const credentials = (): EdgeGridCredentials => {
  const [account] = sandbox.config.accounts
  if (!account) throw new Error('the sandbox has no account')
  return account.credentials
}

interface Signing {
  readonly at?: number
  readonly nonce?: string
  readonly as?: EdgeGridCredentials
  readonly method?: string
}

function sign(target: string, { at = now, nonce = randomUUID(), as = credentials(), method = 'GET' }: Signing = {}) {
  const { host } = new URL(sandbox.emulator.url)
  const timestamp = `${new Date(at).toISOString().slice(0, 19).replaceAll('-', '')}+0000`
  return authorizationOf({ method, target, headers: { host }, body: '' }, as, timestamp, nonce, { scheme: 'http' })
}

function get(target: string, authorization: string | null = sign(target), accept = MEDIA_TYPE): Promise<Response> {
  return fetch(sandbox.emulator.url + target, { headers: { accept, ...(authorization && { authorization }) } })
}

async function enrollmentsOf(contractId: string): Promise<Enrollment[]> {
  const response = await get(`/cps/v2/active-certificates?contractId=${contractId}`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe(MEDIA_TYPE)
  return ((await response.json()) as { enrollments: Enrollment[] }).enrollments
}

interface DeployedPem {
  certificate: string
  trustChain: string | null
  expiry: string
  keyAlgorithm: string
}

interface PemDeployment {
  primaryCertificate: DeployedPem | null
  multiStackedCertificates: DeployedPem[]
}

/** The certificates of an enrollment on one network, in PEM. */
async function deploymentOf(id: number, network: string): Promise<PemDeployment> {
  const target = `/cps/v2/enrollments/${id}/deployments/${network}`
  const response = await get(target, sign(target), DEPLOYMENT_TYPE)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, DEPLOYMENT_TYPE])
  return (await response.json()) as PemDeployment
}

const slotsOf = <Slot>(primary: Slot | null | undefined, stacked: readonly Slot[] | undefined): Slot[] => [
  ...(primary ? [primary] : []),
  ...(stacked ?? []),
]

describe('the signature', () => {
  const known = {
    clientToken: 'akab-client-token-xxx-xxxxxxxxxxxxxxxx',
    accessToken: 'akab-access-token-xxx-xxxxxxxxxxxxxxxx',
    clientSecret: `${'x'.repeat(43)}=`,
  }
  const host = 'akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net'
  const get = (target: string, headers = {}) => ({ method: 'GET', target, headers: { host, ...headers }, body: '' })

  it.each<[string, SignedRequest, string]>([
    ['no path', get('/'), 'tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU='],
    ['a query', get('/testapi/v1/t1?p1=1&p2=2'), 'hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA='],
    [
      'a body longer than the covered length',
      { ...get('/testapi/v1/t3'), method: 'POST', body: 'd'.repeat(2049) },
      '6Q6PiTipLae6n4GsSIDTCJ54bEbHUBp+4MUXrbQCBoY=',
    ],
    [
      'a PUT, which the signature does not cover',
      { ...get('/testapi/v1/t6'), method: 'PUT', body: 'P'.repeat(31) },
      'GNBWEYSEWOLtu+7dD52da2C39aX/Jchpon3K/AmBqBU=',
    ],
    [
      'headers in another order',
      get('/testapi/v1/t4', { 'x-test2': 't2', 'x-test1': 't1', 'x-test3': 't3' }),
      'Wus73Nx8jOYM+kkBFF2q8D1EATRIMr0WLWwpLBgkBqY=',
    ],
  ])('has the documented value for a request with %s', (_, request, signature) => {
    const options = { scheme: 'https', maxBody: 2048, headersToSign: ['X-Test1', 'X-Test2', 'X-Test3'] } as const
    const nonce = 'nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'
    const header = authorizationOf(request, known, '20140321T19:34:21+0000', nonce, options)
    expect(header.endsWith(`;signature=${signature}`)).toBe(true)
  })
})

describe('the gateway', () => {
  it('accepts a signed call', async () => {
    expect((await get(FREIGHT)).status).toBe(200)
  })

  it('accepts every encoding of a query, as long as the same encoding is signed', async () => {
    const [account] = sandbox.state.accounts
    if (account) sandbox.state.accounts.push({ ...account, accountSwitchKey: '1-AB12:1-CD34', contracts: [] })
    for (const key of ['1-AB12:1-CD34', '1-AB12%3A1-CD34']) {
      const response = await get(`${CONTRACTS}?accountSwitchKey=${key}`)
      expect(await response.json()).toEqual([])
    }
    const tampered = await get(
      `${CONTRACTS}?accountSwitchKey=1-AB12:1-CD34`,
      sign(`${CONTRACTS}?accountSwitchKey=1-AB12%3A1-CD34`),
    )
    expect(tampered.status).toBe(401)
  })

  it.each<[string, () => string]>([
    ['another query', () => sign('/cps/v2/active-certificates?contractId=K-2CB4PY1')],
    ['another path', () => sign(CONTRACTS)],
    ['another method', () => sign(FREIGHT, { method: 'POST' })],
    ['another secret', () => sign(FREIGHT, { as: { ...credentials(), clientSecret: 'guessed' } })],
    ['another access token', () => sign(FREIGHT, { as: { ...credentials(), accessToken: 'guessed' } })],
    ['an unknown client', () => sign(FREIGHT, { as: { ...credentials(), clientToken: 'guessed' } })],
    ['a time 31 seconds ago', () => sign(FREIGHT, { at: now - 31_000 })],
    ['a time 31 seconds ahead', () => sign(FREIGHT, { at: now + 31_000 })],
    ['a changed signature', () => sign(FREIGHT).replace(/.(?==?$)/, (last) => (last === 'A' ? 'B' : 'A'))],
  ])('rejects a signature with %s', async (_, authorization) => {
    const response = await get(FREIGHT, authorization())
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 401, method: 'GET', title: 'Not authorized' })
  })

  it.each([null, 'Bearer abc', 'EG1-HMAC-SHA256 client_token=a;access_token=b;timestamp=now;nonce=c;signature=d'])(
    'rejects %s as malformed',
    async (authorization) => {
      expect((await get(FREIGHT, authorization)).status).toBe(400)
    },
  )

  it('rejects a repeated call, even just before its timestamp becomes stale', async () => {
    const authorization = sign(FREIGHT, { at: now + 29_000 })
    expect((await get(FREIGHT, authorization)).status).toBe(200)
    expect((await get(FREIGHT, authorization)).status).toBe(401)
    now += 58_000
    expect((await get(FREIGHT, authorization)).status).toBe(401)
  })

  it('rejects an unknown switch key', async () => {
    const response = await get(`${CONTRACTS}?accountSwitchKey=1-UNKNOWN`)
    expect(response.status).toBe(403)
  })
})

describe('the rate limit', () => {
  it('of active certificates is 10 calls per minute, in a sliding window', async () => {
    for (let i = 0; i < 10; i++) {
      expect((await get(FREIGHT)).status).toBe(200)
      now += 1000
    }
    const rejected = await get(FREIGHT)
    expect(rejected.status).toBe(429)
    expect(rejected.headers.get('retry-after')).toBe('50')
    expect(await rejected.json()).toEqual({
      type: '429 Too Many Requests',
      title: 'Too Many Requests',
      detail: expect.stringContaining('Retry after: 50 seconds.'),
    })
    expect((await get(CONTRACTS)).status).toBe(200)
    now += 49_999
    expect((await get(FREIGHT)).status).toBe(429)
    now += 1
    expect((await get(FREIGHT)).status).toBe(200)
    expect((await get(FREIGHT)).status).toBe(429)
  })

  it('of all calls is 20 per 2 seconds', async () => {
    const statuses = await Promise.all(Array.from({ length: 21 }, async () => (await get(CONTRACTS)).status))
    expect(statuses.toSorted()).toEqual([...Array(20).fill(200), 429])
    now += 2000
    expect((await get(CONTRACTS)).status).toBe(200)
  })

  it('is separate for each account', async () => {
    const [account] = sandbox.state.accounts
    if (account) sandbox.state.accounts.push({ ...account, accountSwitchKey: '1-AB12' })
    for (let i = 0; i < 10; i++) await get(FREIGHT)
    expect((await get(FREIGHT)).status).toBe(429)
    expect((await get(`${FREIGHT}&accountSwitchKey=1-AB12`)).status).toBe(200)
  })

  it('can be switched off', async () => {
    await sandbox.close()
    sandbox = await startAkamaiSandbox({ now: () => now, limits: false })
    for (let i = 0; i < 25; i++) expect((await get(FREIGHT)).status).toBe(200)
  })
})

describe('contracts', () => {
  it('are listed by id, child contracts for depth=ALL only', async () => {
    sandbox.state.accounts[0]?.contracts.push({ id: 'C-CHILD1', parent: 'C-1BQ7FR8', enrollments: [] })
    expect(await (await get(CONTRACTS)).json()).toEqual(['C-1BQ7FR8', 'K-2CB4PY1'])
    expect(await (await get(`${CONTRACTS}?depth=ALL`)).json()).toEqual(['C-1BQ7FR8', 'K-2CB4PY1', 'C-CHILD1'])
    expect((await get(`${CONTRACTS}?depth=DEEP`)).status).toBe(400)
  })
})

describe('active certificates', () => {
  it.each<[number, string, string]>([
    [403, '/cps/v2/active-certificates?contractId=C-UNKNOWN', MEDIA_TYPE],
    [400, '/cps/v2/active-certificates', MEDIA_TYPE],
    [406, FREIGHT, 'application/json'],
    [406, FREIGHT, MEDIA_TYPE.replace('v2', 'v1')],
    [406, FREIGHT, `${MEDIA_TYPE}, */*`],
  ])('return %i at %s for %s', async (status, target, accept) => {
    const response = await get(target, sign(target), accept)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ title: expect.any(String), detail: expect.any(String) })
  })

  it('cover every kind of deployment and change', async () => {
    const freight = await enrollmentsOf('C-1BQ7FR8')
    const payment = await enrollmentsOf('K-2CB4PY1')
    expect([freight.length, payment.length]).toEqual([12, 8])
    const kindOf = ({ production, staging }: Enrollment) => {
      if (!production && !staging) return 'nothing deployed'
      if (!production || !staging) return production ? 'production only' : 'staging only'
      return production.primaryCertificate.serial === staging.primaryCertificate.serial ? 'the same' : 'another staged'
    }
    expect(new Set(freight.map(kindOf))).toEqual(
      new Set(['nothing deployed', 'production only', 'staging only', 'the same', 'another staged']),
    )
    const stacked = [...freight, ...payment].filter(({ production }) => production?.multiStackedCertificates.length)
    expect(stacked.map(({ production }) => production?.primaryCertificate.keyAlgorithm)).toEqual(['RSA', 'RSA'])
    expect(stacked.map(({ production }) => production?.multiStackedCertificates[0]?.keyAlgorithm)).toEqual([
      'ECDSA',
      'ECDSA',
    ])
    const pending = [...freight, ...payment].flatMap(({ pendingChanges }) => pendingChanges ?? [])
    expect(new Set(pending.map(({ changeType }) => changeType))).toEqual(
      new Set(['renewal', 'new-certificate', 'modify-san', 'modify-certificate']),
    )
  })

  it('are in the vendor’s formats', async () => {
    const all = [...(await enrollmentsOf('C-1BQ7FR8')), ...(await enrollmentsOf('K-2CB4PY1'))]
    const deployed = all.flatMap(({ production }) => (production ? [production.primaryCertificate] : []))
    for (const { serial, sha256Fingerprint, expiry } of deployed) {
      expect(serial).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2})+$/)
      expect(sha256Fingerprint).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/)
      expect(expiry).toMatch(/^\d{4}-\d\d-\d\dT23:59:59[Zz]$/)
    }
    expect(deployed.filter(({ expiry }) => expiry.endsWith('z'))).toHaveLength(1)
    expect(new Set(deployed.map(({ sha256Fingerprint }) => sha256Fingerprint)).size).toBe(deployed.length)
  })

  it('follow changes of the state', async () => {
    const contract = sandbox.state.accounts[0]?.contracts[1]
    expect(await enrollmentsOf('K-2CB4PY1')).toHaveLength(8)
    const [remaining] = contract?.enrollments ?? []
    if (remaining) contract?.enrollments.splice(0, 8, { ...remaining, production: null })
    const enrollments = await enrollmentsOf('K-2CB4PY1')
    expect(enrollments).toMatchObject([{ id: remaining?.id, production: null, staging: expect.any(Object) }])
  })
})

describe('enrollments', () => {
  const list = async (target = ENROLLMENTS) =>
    (await (await get(target, sign(target), ENROLLMENTS_TYPE)).json()) as { enrollments: Record<string, unknown>[] }

  it.each<[number, string, string]>([
    [403, ENROLLMENTS.replace('C-1BQ7FR8', 'C-UNKNOWN'), ENROLLMENTS_TYPE],
    [400, '/cps/v2/enrollments', ENROLLMENTS_TYPE],
    [406, ENROLLMENTS, 'application/json'],
    [406, ENROLLMENTS, ENROLLMENTS_TYPE.replace('v11', 'v4')],
  ])('return %i at %s for %s', async (status, target, accept) => {
    expect((await get(target, sign(target), accept)).status).toBe(status)
  })

  it('are the same as in active certificates, with string ids and no FIPS mode', async () => {
    const { enrollments } = await list()
    const active = await enrollmentsOf('C-1BQ7FR8')
    expect(enrollments.map(({ id }) => id)).toEqual(active.map(({ id }) => String(id)))
    for (const { networkConfiguration } of enrollments) expect(networkConfiguration).not.toHaveProperty('fipsMode')
    expect(new Set(enrollments.map(({ ra, validationType }) => `${ra} ${validationType}`))).toEqual(
      new Set(['lets-encrypt dv', 'symantec ov', 'third-party third-party']),
    )
  })

  it('follow changes of the state, and count towards the limit of all calls only', async () => {
    const contract = sandbox.state.accounts[0]?.contracts[0]
    const [row] = contract?.enrollments ?? []
    if (row) contract?.enrollments.splice(0, 12, { ...row, validationType: 'ev' })
    for (let i = 0; i < 11; i++) expect(await list()).toMatchObject({ enrollments: [{ validationType: 'ev' }] })
    expect((await get(FREIGHT)).status).toBe(200)
  })
})

describe('a deployment', () => {
  it('has the certificates of the list in PEM, with the same fields', async () => {
    const enrollments = await enrollmentsOf('C-1BQ7FR8')
    const stacked = enrollments.filter(({ production }) => production?.multiStackedCertificates.length)
    for (const { id, csr, production } of [...enrollments.slice(0, 2), ...stacked]) {
      const { primaryCertificate, multiStackedCertificates } = await deploymentOf(id, 'production')
      const listed = slotsOf(production?.primaryCertificate, production?.multiStackedCertificates)
      const deployed = slotsOf(primaryCertificate, multiStackedCertificates)
      expect(deployed).toHaveLength(listed.length)
      for (const [index, { certificate, expiry, keyAlgorithm }] of deployed.entries()) {
        expect(listed[index]).toMatchObject({ expiry, keyAlgorithm })
        // Node.js parses it with OpenSSL.
        const parsed = new X509Certificate(certificate)
        expect(parsed.fingerprint256).toBe(listed[index]?.sha256Fingerprint)
        expect(parsed.serialNumber.toLowerCase()).toBe(listed[index]?.serial.replaceAll(':', ''))
        expect(parsed.subject).toBe(`CN=${csr.cn}`)
        expect(new Date(parsed.validTo)).toEqual(new Date(expiry.toUpperCase()))
        expect(parsed.publicKey.asymmetricKeyType).toBe(keyAlgorithm === 'RSA' ? 'rsa' : 'ec')
      }
    }
  })

  it('is of one network, and is empty when nothing is deployed there', async () => {
    const [api] = (await enrollmentsOf('C-1BQ7FR8')).filter(({ csr }) => csr.cn === 'api.bluequay.example')
    const fingerprints = await Promise.all(
      ['production', 'staging'].map(async (network) => {
        const { primaryCertificate } = await deploymentOf(api?.id ?? 0, network)
        return new X509Certificate(primaryCertificate?.certificate ?? '').fingerprint256
      }),
    )
    expect(fingerprints).toEqual([
      api?.production?.primaryCertificate.sha256Fingerprint,
      api?.staging?.primaryCertificate.sha256Fingerprint,
    ])
    const [beta] = (await enrollmentsOf('C-1BQ7FR8')).filter(({ production, staging }) => !production && staging)
    expect(await deploymentOf(beta?.id ?? 0, 'production')).toMatchObject({
      primaryCertificate: null,
      multiStackedCertificates: [],
    })
  })

  it.each<[number, string, string]>([
    [404, '/cps/v2/enrollments/7/deployments/production', DEPLOYMENT_TYPE],
    [404, '/cps/v2/enrollments/7/deployments/staging', DEPLOYMENT_TYPE],
    [406, '/cps/v2/enrollments/204118/deployments/production', 'application/json'],
    [406, '/cps/v2/enrollments/204118/deployments/staging', DEPLOYMENT_TYPE.replace('v8', 'v7')],
  ])('returns %i at %s for %s', async (status, target, accept) => {
    const response = await get(target, sign(target), accept)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })
})

describe('account switch keys', () => {
  it.each<[string, number]>([
    ['', 3],
    ['?search=freight', 2],
    ['?search=LABS', 1],
    ['?search=1-7BQ', 2],
    ['?search=harbour', 0],
  ])('are filtered by a search: %s', async (query, count) => {
    const response = await get(SWITCH_KEYS + query, sign(SWITCH_KEYS + query), 'application/json')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toHaveLength(count)
  })

  it('reject a search of two characters', async () => {
    const response = await get(`${SWITCH_KEYS}?search=la`)
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
  })

  it('follow changes of the state', async () => {
    const keys = sandbox.state.accounts[0]?.switchKeys
    keys?.splice(0, 3, { accountName: 'Harbour', accountSwitchKey: '1-HRB' })
    expect(await (await get(SWITCH_KEYS)).json()).toEqual([{ accountName: 'Harbour', accountSwitchKey: '1-HRB' }])
  })
})

it('can be scaled to any number of accounts, contracts and enrollments', async () => {
  await sandbox.close()
  sandbox = await startAkamaiSandbox({
    now: () => now,
    scale: { accounts: 2, contractsPerAccount: 30, enrollmentsPerContract: 40 },
  })
  const contracts = (await (await get(CONTRACTS)).json()) as string[]
  expect(contracts).toHaveLength(30)
  const enrollments = [...(await enrollmentsOf(contracts[0] ?? '')), ...(await enrollmentsOf(contracts[29] ?? ''))]
  expect(new Set(enrollments.map(({ id }) => id)).size).toBe(80)
  expect(new Set(enrollments.map(({ production }) => production?.primaryCertificate.sha256Fingerprint)).size).toBe(80)
  const [one] = enrollments
  const { primaryCertificate } = await deploymentOf(one?.id ?? 0, 'staging')
  const parsed = new X509Certificate(primaryCertificate?.certificate ?? '')
  expect(parsed.fingerprint256).toBe(one?.staging?.primaryCertificate.sha256Fingerprint)
  expect(parsed.subject).toBe(`CN=${one?.csr.cn}`)
})
