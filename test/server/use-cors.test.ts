import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const APP = 'https://app.example.com'

describe('a web page of a configured origin', () => {
  let server: RunningServer
  const preflight = (origin: string, path = '/graphql', host = 'localhost') =>
    sendRequest(server.url + path, {
      method: 'OPTIONS',
      headers: {
        host,
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })

  beforeEach(async () => {
    server = await startServer({}, { origins: [APP] })
  })
  afterEach(() => server.close())

  it('may send requests and read the responses', async () => {
    const { status, headers } = await preflight(APP)
    expect([status, headers['access-control-allow-origin']]).toEqual([204, APP])
    expect(headers['access-control-allow-methods']).toBe('GET, POST')
    expect(headers['access-control-allow-headers']).toContain('authorization, content-type')

    const answer = await post(server.url, { query: '{ hello }' }, { origin: APP })
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"hello":"world"}}' })
    expect(answer.headers['access-control-allow-origin']).toBe(APP)
    expect(answer.headers['access-control-expose-headers']).toContain('x-request-id')
  })

  it('has no line of an operation in the log when the preflight of another origin is rejected', async () => {
    expect(await preflight('https://other.example.com')).not.toMatchObject({ status: 204 })
    expect(server.log.filter(({ msg }) => msg === 'operation')).toEqual([])
    await post(server.url, { query: '{ hello }' }, { origin: APP })
    expect(server.log.filter(({ msg }) => msg === 'operation')).toHaveLength(1)
  })

  it('may send every header that the API, Apollo clients and tracing use', async () => {
    const allowed = String((await preflight(APP)).headers['access-control-allow-headers']).split(', ')
    expect(allowed).toEqual(
      expect.arrayContaining([
        'authorization',
        'apollo-require-preflight',
        'x-apollo-operation-name',
        'graphql-require-preflight',
        'x-graphql-yoga-csrf',
        'content-type',
        'x-certgraph-cost',
        'idempotency-key',
        'x-request-id',
        'apollographql-client-name',
        'traceparent',
      ]),
    )
    expect(new Set(allowed).size).toBe(allowed.length)
  })

  it('can read the cost and the request id', async () => {
    const { headers } = await post(server.url, { query: '{ hello }' }, { origin: APP })
    const exposed = String(headers['access-control-expose-headers']).split(', ')
    expect(exposed).toEqual([
      'retry-after',
      'x-certgraph-cost',
      'x-certgraph-mode',
      'x-request-id',
      'x-certgraph-complete',
      'x-certgraph-fresh',
      'x-certgraph-reasons',
      'content-disposition',
    ])
  })

  it('is allowed no cookies and no other credentials of the browser', async () => {
    expect((await preflight(APP)).headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it('is distinguished from other origins by caches', async () => {
    expect((await post(server.url, { query: '{ hello }' })).headers.vary).toContain('Origin')
  })

  it.each(['https://app.example.com.evil.example', 'http://app.example.com', 'https://app.example.com:444', 'null'])(
    'is not one of the origin %s',
    async (origin) => {
      const answers = [await preflight(origin), await post(server.url, { query: '{ hello }' }, { origin })]
      for (const { headers } of answers) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
      }
    },
  )

  it('gets a preflight rejected with the name of the setting when its origin is not listed', async () => {
    const { status, body } = await preflight('https://other.example.com')
    expect([status, JSON.parse(body)]).toMatchObject([
      403,
      { errors: [{ message: expect.stringContaining('server.cors.origins'), extensions: { code: 'FORBIDDEN' } }] },
    ])
  })

  it('gets no response under a Host that is not accepted', async () => {
    expect(await preflight(APP, '/graphql', 'evil.example')).toMatchObject({ status: 421 })
  })
})
