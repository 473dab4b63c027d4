import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const ACCEPTED = ['localhost', 'localhost:4000', 'LocalHost:1', '127.0.0.1', '127.0.0.1:4000', '[::1]', '[::1]:4000']
const CONFIGURED = ['certgraph.internal', 'CERTGRAPH.internal:8080', '[fd00::7]:4000']
const REFUSED = ['evil.example', 'localhost.evil.example', 'evil.example:4000', '127.0.0.2', '[::2]', 'me@localhost']

describe('a Host header', () => {
  let server: RunningServer
  const get = (path: string, host: string) => sendRequest(server.url + path, { headers: { host } })

  beforeEach(async () => {
    server = await startServer({}, { hosts: ['Certgraph.internal', 'fd00::7'], graphiql: true })
  })
  afterEach(() => server.close())

  it.each([...ACCEPTED, ...CONFIGURED])('is accepted: %s', async (host) => {
    const { status, body } = await sendRequest(
      `${server.url}/graphql`,
      { method: 'POST', headers: { host, 'content-type': 'application/json' } },
      '{"query":"{ hello }"}',
    )
    expect([status, body]).toEqual([200, '{"data":{"hello":"world"}}'])
  })

  it.each(REFUSED)('is rejected with the name of the setting that would accept it: %s', async (host) => {
    const { status, headers, body } = await get('/graphql', host)
    expect(status).toBe(421)
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(body).toContain(`"${host}" is not accepted`)
    expect(body).toContain('server.hosts')
  })

  it('is rejected when it is missing', async () => {
    expect(await sendRequest(`${server.url}/graphql`, { setHost: false })).toMatchObject({ status: 421 })
  })

  it('is logged once a minute per name when it is refused, with the setting that would accept it', async () => {
    const hosts = () => server.log.map(({ host }) => host)
    for (const host of ['evil.example', 'evil.example:8080', 'other.example', 'EVIL.example'])
      await get('/graphql', host)
    await sendRequest(`${server.url}/graphql`, { setHost: false })
    expect(hosts()).toEqual(['evil.example', 'other.example', ''])
    expect(server.log[0]).toMatchObject({
      level: 40,
      requestId: expect.any(String),
      setting: 'server.hosts',
      msg: expect.stringContaining('add the name to server.hosts'),
    })
    server.clock.advance(59_999)
    await get('/graphql', 'evil.example')
    expect(hosts()).toHaveLength(3)
    server.clock.advance(1)
    await get('/graphql', 'evil.example')
    expect(hosts()).toEqual(['evil.example', 'other.example', '', 'evil.example'])
  })

  it('is logged for a limited number of names, and no further than that', async () => {
    for (let index = 0; index < 120; index += 1) await get('/graphql', `${'a'.repeat(300)}${index}.example`)
    for (let index = 0; index < 120; index += 1) await get('/graphql', `evil${index}.example`)
    const named = server.log.filter(({ host }) => host !== undefined)
    expect(named).toHaveLength(100)
    expect(server.log).toHaveLength(101)
    expect(server.log.at(-1)).toMatchObject({ msg: 'more than 100 different Hosts were refused within a minute' })
    for (const { host } of named) expect(String(host).length).toBeLessThan(257)
  })

  it('is checked before GraphiQL is served, and on unknown paths', async () => {
    const page = await sendRequest(`${server.url}/graphql`, { headers: { host: 'evil.example', accept: 'text/html' } })
    expect(page.status).toBe(421)
    expect(await get('/unknown', 'evil.example')).toMatchObject({ status: 421 })
  })

  it('is not checked on the paths of the probes, and on no similar path', async () => {
    expect(await get('/health', 'evil.example')).toMatchObject({ status: 200 })
    expect(await get('/ready?x=1', 'evil.example')).toMatchObject({ status: 200 })
    expect(await get('/graphql?x=/health', 'evil.example')).toMatchObject({ status: 421 })
    expect(await get('/health/', 'evil.example')).toMatchObject({ status: 421 })
  })

  it.each(['a b', '[', 'localhost:port', '<script>'])(
    'that is malformed gets status 400 without a stack trace: %s',
    async (host) => {
      expect(await get('/health', host)).toMatchObject({ status: 400, body: '' })
    },
  )

  it('with an absolute target gets status 400 without a stack trace', async () => {
    expect(await sendRequest(server.url, { path: 'http://evil.example/graphql' })).toMatchObject({
      status: 400,
      body: '',
    })
  })

  it('is not needed with fetch, where the URL has the host', async () => {
    const ask = (url: string) => server.server.fetch(new Request(url))
    expect(await ask('http://127.0.0.1/unknown')).toMatchObject({ status: 404 })
    expect(await ask('http://evil.example/unknown')).toMatchObject({ status: 421 })
  })
})
