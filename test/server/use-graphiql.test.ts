import { afterEach, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('GraphiQL', () => {
  let server: RunningServer
  afterEach(() => server.close())

  it('is served to a browser and loads nothing from other hosts', async () => {
    server = await startServer({}, { graphiql: true })
    const { status, headers, body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toContain('<title>certgraph</title>')
    const head = body.slice(0, body.indexOf('<body')).replace(/<style>.*<\/style>/s, '')
    expect(head).not.toMatch(/(src|href)="?(https?:)?\/\//)
  })

  it('may connect to this server only and may not be framed', async () => {
    server = await startServer({}, { graphiql: true })
    const { headers } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"]),
    )
    expect(headers['content-security-policy']).not.toContain('http')
  })

  it('has the sandbox in its title in sandbox mode', async () => {
    server = await startServer({}, { graphiql: true, mode: 'sandbox' })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect(body).toContain('<title>certgraph (sandbox)</title>')
  })

  it('is not served when it is off', async () => {
    server = await startServer()
    const { status, body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect(status).not.toBe(200)
    expect(body).not.toContain('<html')
  })
})
