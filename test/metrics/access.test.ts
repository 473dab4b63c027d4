import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { digestOf } from '../support/callers.ts'
import { sendRequest } from '../support/http-client.ts'
import { parseSamples, samplesOf } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'

const keys = {
  scraper: { key: 'cg_scraper-0123456789', scopes: ['metrics:read'] },
  reader: { key: 'cg_reader-0123456789', scopes: undefined },
  everyone: {
    key: 'cg_reads-all-0123456789',
    scopes: ['certificates:read', 'certificates:content', 'certificates:write'],
  },
  limited: { key: 'cg_limited-0123456789', scopes: ['metrics:read'], places: ['K-2CB4PY1', '52710934'] },
}
const access = {
  apiKeys: Object.entries(keys).map(([name, { key, ...rest }]) => ({ name, sha256: digestOf(key), ...rest })),
}

let stack: Stack
const get = (headers: Record<string, string>, options: object = {}) =>
  sendRequest(stack.url.replace('/graphql', '/metrics'), { headers, ...options })
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe('with access configured', () => {
  beforeAll(async () => {
    stack = await startStack({ configure: (file) => ({ ...file, access }) })
    const headers = { 'content-type': 'application/json', ...bearer(keys.reader.key) }
    const body = JSON.stringify({ query: '{ certificates { totalCount complete } }' })
    const { status } = await sendRequest(stack.url, { method: 'POST', headers }, body)
    expect(status).toBe(200)
  })
  afterAll(() => stack.close())

  it('a scrape without a key is answered 401', async () => {
    const answer = await get({})
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(answer.body).not.toContain('x509')
    expect(await get(bearer('cg_unknown'))).toMatchObject({ status: 401 })
  })

  it.each(['reader', 'everyone'] as const)('the key %s without metrics:read is answered 403', async (name) => {
    const answer = await get(bearer(keys[name].key))
    expect(answer).toMatchObject({ status: 403, body: 'The credential lacks the scope metrics:read.\n' })
  })

  it('the key of a scraper gets the metrics, under any Host', async () => {
    const answer = await get({ ...bearer(keys.scraper.key), host: '10.0.0.7:4000' })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(samplesOf(answer.body, 'x509_cert_not_after').length).toBeGreaterThan(30)
  })

  it('the key of a scraper may not read certificates', async () => {
    const headers = { 'content-type': 'application/json', ...bearer(keys.scraper.key) }
    const { body } = await sendRequest(
      stack.url,
      { method: 'POST', headers },
      '{"query":"{ certificates { totalCount } }"}',
    )
    expect(body).toContain('FORBIDDEN')
  })

  it.each([{}, bearer('cg_unknown')])(
    'a Host that is not accepted is answered 421 without a valid key',
    async (headers) => {
      expect(await get({ ...headers, host: 'evil.example' })).toMatchObject({ status: 421 })
    },
  )

  it('a method other than GET is answered 405', async () => {
    const answer = await get(bearer(keys.scraper.key), { method: 'POST' })
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    expect(await get(bearer(keys.scraper.key), { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  it('a key with places gets the series of these places alone, and none of accounts, operations and the process', async () => {
    const { body } = await get(bearer(keys.limited.key))
    const samples = parseSamples(body)
    const places = new Set(samples.flatMap(({ labels }) => labels['place'] ?? []))
    expect(places).toEqual(new Set(['K-2CB4PY1', '52710934']))
    expect(samplesOf(body, 'x509_source_up').map(({ labels }) => labels['source_name'])).toEqual([
      'K-2CB4PY1',
      '52710934',
    ])
    expect(samplesOf(body, 'certgraph_certificates', { provider: 'OPENAI' })).toEqual([])
    const names = new Set(samples.map(({ name }) => name))
    expect(names).toContain('x509_cert_not_after')
    const forbidden =
      /^(process|nodejs)_|^certgraph_(upstream|rate_limit|circuit|readings|operation|config|build)|^x509_scrape/
    expect([...names].filter((name) => forbidden.test(name))).toEqual([])
    for (const other of ['org_bluequay', 'C-1BQ7FR8', 'le4830275', 'bluequay/']) expect(body).not.toContain(other)
    const { body: whole } = await get(bearer(keys.scraper.key))
    const ofPlaces = (text: string, name: string) =>
      samplesOf(text, name).filter(({ labels }) => ['K-2CB4PY1', '52710934'].includes(labels['place'] ?? ''))
    for (const name of ['x509_cert_not_after', 'x509_cert_expired', 'certgraph_source_certificates'])
      expect(samplesOf(body, name)).toEqual(ofPlaces(whole, name))
  })
})

describe('without access configured', () => {
  it('/metrics checks the Host header, and is on when HOST is a loopback address', async () => {
    stack = await startStack()
    expect(await get({})).toMatchObject({ status: 200 })
    expect(await get({ host: 'evil.example' })).toMatchObject({ status: 421 })
    await stack.close()
  })

  it.each([{ enabled: false }, { enabled: true, port: 0 }])(
    '/metrics of the API answers 404 when metrics are off or on a port of their own: %j',
    async (metrics) => {
      stack = await startStack({ configure: (file) => ({ ...file, metrics }) })
      expect(await get({})).toMatchObject({ status: 404 })
      await stack.close()
    },
  )
})
