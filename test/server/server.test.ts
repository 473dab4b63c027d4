import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const JSON_CONTENT = { 'content-type': 'application/json' }
const CSRF = { 'x-graphql-yoga-csrf': '1' }

describe('GraphQL over HTTP', () => {
  let server: RunningServer
  const get = (path: string, headers: Record<string, string> = {}) => sendRequest(server.url + path, { headers })
  const write = (body: string, headers: Record<string, string> = JSON_CONTENT) =>
    sendRequest(`${server.url}/graphql`, { method: 'POST', headers }, body)

  beforeEach(async () => {
    server = await startServer()
  })
  afterEach(() => server.close())

  it('executes a query sent by POST', async () => {
    const { status, headers, body } = await post(server.url, { query: '{ hello }' })
    expect([status, headers['content-type'], body]).toEqual([
      200,
      'application/json; charset=utf-8',
      '{"data":{"hello":"world"}}',
    ])
  })

  it('executes a query through fetch as over the network', async () => {
    const request = new Request('http://localhost/graphql', {
      method: 'POST',
      headers: JSON_CONTENT,
      body: '{"query":"{ hello }"}',
    })
    const response = await server.server.fetch(request)
    expect([response.status, await response.json()]).toEqual([200, { data: { hello: 'world' } }])
  })

  it('executes a mutation sent by POST and rejects one sent by GET', async () => {
    expect(await post(server.url, { query: 'mutation { change }' })).toMatchObject({
      body: '{"data":{"change":"changed"}}',
    })
    expect(await get('/graphql?query=mutation%7Bchange%7D', CSRF)).toMatchObject({ status: 405 })
  })

  it('rejects requests that a page of another site could send without a preflight', async () => {
    const rejection = { status: 403, body: expect.stringMatching(/x-graphql-yoga-csrf.*"code":"FORBIDDEN"/) }
    expect(await get('/graphql?query=%7Bhello%7D')).toMatchObject(rejection)
    expect(await write('query=%7Bhello%7D', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject(
      rejection,
    )
    expect(await write('{"query":"{ hello }"}', { 'content-type': 'text/plain' })).toMatchObject(rejection)
    expect(await write('{"query":"{ hello }"}', {})).toMatchObject(rejection)
  })

  it('executes a query sent by GET with the CSRF header', async () => {
    expect(await get('/graphql?query=%7Bhello%7D', CSRF)).toMatchObject({
      status: 200,
      body: '{"data":{"hello":"world"}}',
    })
  })

  it('sends no CORS headers to another origin', async () => {
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' }
    expect(await sendRequest(`${server.url}/graphql`, { method: 'OPTIONS', headers })).toMatchObject({ status: 403 })
  })

  it.each([
    ['a length', {}, { body: 100_001, limit: 100_000 }],
    ['chunks', { 'transfer-encoding': 'chunked' }, { limit: 100_000 }],
  ])('rejects a body of more than 100 kB sent with %s', async (_, headers, measured) => {
    const padded = (bytes: number) => '{"query":"{ hello }"}'.padEnd(bytes)
    expect(await write(padded(100_000), { ...JSON_CONTENT, ...headers })).toMatchObject({ status: 200 })
    const { status, body } = await write(padded(100_001), { ...JSON_CONTENT, ...headers })
    expect(status).toBe(413)
    const { requestId, ...extensions } = JSON.parse(body).errors[0].extensions
    expect(extensions).toEqual({ code: 'QUERY_TOO_LARGE', ...measured })
  })

  it('rejects several operations in one request', async () => {
    const { status, body } = await post(server.url, [{ query: '{ hello }' }, { query: '{ hello }' }])
    expect([status, JSON.parse(body)]).toMatchObject([400, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }])
  })

  it.each(['/', '/graphql/', '/x/graphql', '/x?y=/graphql', '/graphiql'])('responds 404 at %s', async (path) => {
    expect(await get(path, { accept: 'text/html' })).toMatchObject({ status: 404, body: '' })
  })
})
