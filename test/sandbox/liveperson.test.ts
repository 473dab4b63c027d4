import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'

type LivePersonSandbox = Awaited<ReturnType<typeof startLivePersonSandbox>>

interface Row {
  id: number
  name: string
  siteId: string
  deleted: boolean
  status: string
  expirationDate: string | null
}

let now: number
let sandbox: LivePersonSandbox

beforeEach(async () => {
  now = Date.parse('2030-03-10T15:30:00Z')
  sandbox = await startLivePersonSandbox({ now: () => now })
})

afterEach(async () => {
  expect(sandbox.emulator.unknown).toEqual([])
  await sandbox.close()
})

/** The account with a token, and the account with client credentials. */
function accounts() {
  const [bearer, client] = sandbox.config.accounts
  if (!bearer?.token || !client?.credentials) throw new Error('the sandbox lacks an account')
  return { bearer: { id: bearer.id, token: bearer.token }, client: { id: client.id, ...client.credentials } }
}

const url = (path: string) => sandbox.emulator.url + path

function certificates(accountId: string, token: string, certificateId?: string): Promise<Response> {
  const path = `/mtls/account/${accountId}/certificates${certificateId === undefined ? '' : `/${certificateId}`}`
  return fetch(url(path), { headers: { authorization: `Bearer ${token}` } })
}

function requestToken(fields: Record<string, string> = {}, accountId = accounts().client.id): Promise<Response> {
  const { clientId, clientSecret } = accounts().client
  return fetch(url(`/sentinel/api/v2/account/${accountId}/app/token`), {
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
      ...fields,
    }),
  })
}

describe('the Domain API', () => {
  const lookUp = async (path: string) => fetch(url(`/api/account/${accounts().bearer.id}/service/${path}`))

  it.each(['mtlsGateway', 'sentinel'])('returns the host of %s without credentials', async (service) => {
    const response = await lookUp(`${service}/baseURI.json?version=1.0`)
    const { host } = new URL(sandbox.emulator.url)
    expect(await response.json()).toEqual({ service, account: accounts().bearer.id, baseURI: host })
  })

  it('can return all services for a lookup of one', async () => {
    sandbox.state.domainShape = 'list'
    const one = await (await lookUp('mtlsGateway/baseURI.json')).json()
    expect(one).toEqual(await (await lookUp('baseURI.json')).json())
    expect(one).toMatchObject({
      baseURIs: [{ service: 'accountConfigReadWrite' }, { service: 'mtlsGateway' }, { service: 'sentinel' }],
    })
  })

  it('rejects services in another case and unknown accounts', async () => {
    expect((await lookUp('mtlsgateway/baseURI.json')).status).toBe(400)
    expect((await fetch(url('/api/account/unknown/service/mtlsGateway/baseURI.json'))).status).toBe(400)
  })
})

describe('the token service', () => {
  it('issues a token that the gateway accepts until it expires', async () => {
    const { id } = accounts().client
    const body = (await (await requestToken()).json()) as { access_token: string }
    expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer' })
    const [, payload = ''] = body.access_token.split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ exp: now / 1000 + 3600 })

    now += 3_599_999
    expect((await certificates(id, body.access_token)).status).toBe(200)
    now += 1
    expect((await certificates(id, body.access_token)).status).toBe(401)
  })

  it('can return the lifetime of the token', async () => {
    sandbox.state.expiresInStated = true
    sandbox.state.tokenLifetime = 60
    expect(await (await requestToken()).json()).toMatchObject({ expires_in: 60 })
  })

  it('rejects wrong credentials, other grants, other encodings and accounts without a client', async () => {
    expect((await requestToken({ client_secret: 'guessed' })).status).toBe(401)
    expect((await requestToken({ client_id: 'guessed' })).status).toBe(401)
    expect((await requestToken({}, accounts().bearer.id)).status).toBe(401)
    expect((await requestToken({ grant_type: 'password' })).status).toBe(400)
    const path = `/sentinel/api/v2/account/${accounts().client.id}/app/token`
    const json = await fetch(url(path), { method: 'POST', body: JSON.stringify(accounts().client) })
    expect(json.status).toBe(400)
  })
})

describe('the gateway', () => {
  it('rejects calls without a token, with a wrong token, and with the token of another account', async () => {
    const { bearer, client } = accounts()
    const without = await fetch(url(`/mtls/account/${bearer.id}/certificates`))
    expect(without.status).toBe(401)
    expect(await without.json()).toEqual({ time: now, message: expect.any(String), internalCode: 401 })
    expect((await certificates(bearer.id, 'guessed')).status).toBe(401)
    expect((await certificates(client.id, bearer.token)).status).toBe(403)
  })

  it('rejects a revoked token', async () => {
    const { id, token } = accounts().bearer
    expect((await certificates(id, token)).status).toBe(200)
    for (const account of sandbox.state.accounts) account.tokens = []
    expect((await certificates(id, token)).status).toBe(401)
  })

  it('allows 10 calls per second, not counting rejected calls', async () => {
    const { id, token } = accounts().bearer
    for (let i = 0; i < 10; i++) expect((await certificates(id, token)).status).toBe(200)
    for (let i = 0; i < 3; i++) {
      const rejected = await certificates(id, token)
      expect(rejected.status).toBe(429)
      expect(await rejected.text()).toBe('')
    }
    now += 1000
    expect((await certificates(id, token)).status).toBe(200)
  })

  it('lists the certificates of an account as a bare array, including deleted ones', async () => {
    const { id, token } = accounts().bearer
    const rows = (await (await certificates(id, token)).json()) as Row[]
    expect(rows).toHaveLength(9)
    expect(rows.every(({ siteId }) => siteId === id)).toBe(true)
    expect(rows.filter(({ deleted }) => deleted)).toHaveLength(1)
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['Available', 'UnAvailable', 'Expired']))
  })

  it('writes ids as numbers with all digits', async () => {
    const { id, token } = accounts().bearer
    expect(await (await certificates(id, token)).text()).toContain('{"id":9007199254740993,"deleted":false,')
    const one = await certificates(id, token, '9007199254740993')
    expect(await one.text()).toMatch(/^\{"id":9007199254740993,"deleted":false,.*"name":"crm-connector"/)
  })

  it('writes dates in three formats, and mostly null', async () => {
    const { access_token } = (await (await requestToken()).json()) as { access_token: string }
    const { bearer, client } = accounts()
    const rows = [
      ...((await (await certificates(bearer.id, bearer.token)).json()) as Row[]),
      ...((await (await certificates(client.id, access_token)).json()) as Row[]),
    ]
    const dates = rows.map(({ expirationDate }) => expirationDate)
    expect(dates.filter((date) => date !== null).toSorted()).toEqual([
      String(Date.parse('2030-03-16T23:59:59Z')),
      '2030-03-31T23:59:59.000Z',
      '2030-07-28 23:59:59',
    ])
    expect(dates.filter((date) => date === null)).toHaveLength(13)
  })

  it('returns 404 for an unknown id', async () => {
    const { id, token } = accounts().bearer
    const response = await certificates(id, token, '1')
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('')
  })

  it('follows changes of the state', async () => {
    const { id, token } = accounts().bearer
    const [account] = sandbox.state.accounts
    account?.certificates.splice(1)
    const [remaining] = account?.certificates ?? []
    if (remaining) remaining.status = 'expired'
    expect(await (await certificates(id, token)).json()).toMatchObject([{ name: remaining?.name, status: 'expired' }])
  })
})

it('can be scaled to any number of accounts and certificates', async () => {
  await sandbox.close()
  sandbox = await startLivePersonSandbox({
    now: () => now,
    limits: false,
    scale: { accounts: 30, certificatesPerAccount: 50 },
  })
  const ids = new Set<number>()
  for (const { id, token = '' } of sandbox.config.accounts) {
    for (const row of (await (await certificates(id, token)).json()) as Row[]) ids.add(row.id)
  }
  expect(ids.size).toBe(1500)
})
