import { connect } from 'node:net'
import process from 'node:process'
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

  it.each([
    ['the page', 'GET /graphql', 'localhost'],
    ['another host', 'GET /graphql', 'example.com'],
    ['another path', 'GET /other', 'localhost'],
    ['a probe', 'GET /health', 'localhost'],
    ['no media type', 'POST /graphql', 'localhost'],
  ])(
    'does not stop other work when 20 clients send 32 requests each and read nothing: %s',
    async (_what, line, host) => {
      server = await startServer({}, { graphiql: true })
      const health = async () => {
        const startedAt = performance.now()
        expect(await sendRequest(`${server.url}/health`)).toMatchObject({ status: 200 })
        return performance.now() - startedAt
      }
      await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
      const sockets = Array.from({ length: 20 }, () => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
        socket.pause().on('error', () => {})
        socket.write(`${line} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\n`.repeat(32))
        return socket
      })
      const times: number[] = []
      const { user, system } = process.cpuUsage()
      for (let count = 0; count < 20; count++) times.push(await health())
      const used = process.cpuUsage({ user, system })
      for (const socket of sockets) socket.destroy()
      // Other programs of the machine may delay one of them.
      expect(times.sort((one, other) => one - other)[18]).toBeLessThan(250)
      expect(used.user + used.system).toBeLessThan(3_000_000)
    },
  )

  it('is not served when it is off', async () => {
    server = await startServer()
    const { status, body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect(status).not.toBe(200)
    expect(body).not.toContain('<html')
  })
})
