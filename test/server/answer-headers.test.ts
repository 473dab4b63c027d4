import { afterEach, describe, expect, it } from '@jest/globals'
import { type Answer, post, sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

describe('the headers of every response', () => {
  let server: RunningServer
  afterEach(() => server.close())

  /** One response of each kind: data, errors of Yoga and of plugins, a page, a probe, an unknown path. */
  async function everyAnswer(headers: Record<string, string> = {}): Promise<[number, Answer['headers']][]> {
    const answers = await Promise.all([
      post(server.url, { query: '{ hello }' }, headers),
      post(server.url, { query: '{ nothing }' }, { ...headers, accept: 'application/graphql-response+json' }),
      sendRequest(`${server.url}/graphql`, { headers }),
      sendRequest(`${server.url}/graphql`, { headers: { ...headers, accept: 'text/html' } }),
      sendRequest(`${server.url}/graphql`, { method: 'POST', headers: { ...headers, 'content-type': 'text/xml' } }),
      sendRequest(`${server.url}/graphql`, { headers: { ...headers, host: 'evil.example' } }),
      sendRequest(`${server.url}/health`, { headers }),
      sendRequest(`${server.url}/unknown`, { headers }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 403, 200, 415, 421, 200, 404])
    return answers.map(({ status, headers }) => [status, headers])
  }

  it('have a request id', async () => {
    server = await startServer({}, { graphiql: true })
    const ids = (await everyAnswer()).map(([, headers]) => headers['x-request-id'])
    expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(String(id)))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("have the client's own request id", async () => {
    server = await startServer({}, { graphiql: true })
    for (const [, headers] of await everyAnswer({ 'x-request-id': 'Trace_1.a-B' })) {
      expect(headers['x-request-id']).toBe('Trace_1.a-B')
    }
  })

  it.each(['', 'a b', 'a"b', 'a/b', 'ä', 'x'.repeat(65)])(
    'do not have an unsafe request id of the client: "%s"',
    async (id) => {
      server = await startServer()
      const { headers } = await post(server.url, { query: '{ hello }' }, { 'x-request-id': id })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  it('have x-certgraph-mode in sandbox mode', async () => {
    server = await startServer({}, { graphiql: true, mode: 'sandbox' })
    for (const [, headers] of await everyAnswer()) expect(headers['x-certgraph-mode']).toBe('sandbox')
  })

  it('have no x-certgraph-mode in live mode', async () => {
    server = await startServer({}, { graphiql: true })
    for (const [, headers] of await everyAnswer()) expect(headers).not.toHaveProperty('x-certgraph-mode')
  })

  it('allow no page of another origin to read them', async () => {
    server = await startServer({}, { graphiql: true })
    for (const [, headers] of await everyAnswer({ origin: 'http://evil.example' })) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})
