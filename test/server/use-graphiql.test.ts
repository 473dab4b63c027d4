import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('GraphiQL', () => {
  let server: RunningServer
  afterEach(() => server.close())

  /** The paths that the page has in its HTML and in its settings. */
  const pathsIn = (html: string) => [...html.matchAll(/"(\/graphql\/[^"]+)"/g)].map(([, path = '']) => path)

  it('is served to a browser and loads nothing from other hosts', async () => {
    server = await startServer({}, { graphiql: true })
    const { status, headers, body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toContain('<title>certgraph</title>')
    expect(body).not.toMatch(/(src|href)="?(https?:)?\/\//)
    const links = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link)
    expect(pathsIn(body)).toEqual(expect.arrayContaining(links))
    expect(pathsIn(body).length).toBe(links.length + 3)
  })

  it('has scripts and styles that are cached without end, by the digest in their paths', async () => {
    server = await startServer({}, { graphiql: true })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    const types = new Map([
      ['js', 'text/javascript; charset=utf-8'],
      ['css', 'text/css; charset=utf-8'],
      ['ico', 'image/x-icon'],
    ])
    for (const path of pathsIn(body)) {
      expect(path).toMatch(/-[\w-]{16}\.(js|css|ico)$/)
      const answer = await sendRequest(`${server.url}${path}`, { headers: { 'accept-encoding': 'br' } })
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({
        'content-type': types.get(path.slice(path.lastIndexOf('.') + 1)),
        'content-encoding': 'br',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      })
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    }
  })

  it('is sent again only when it has changed', async () => {
    server = await startServer({}, { graphiql: true })
    const url = `${server.url}/graphql`
    const first = await sendRequest(url, { headers: { ...BROWSER, 'accept-encoding': 'gzip, deflate, br' } })
    expect(first.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-cache' })
    expect(String(first.headers.vary).split(', ')).toEqual(expect.arrayContaining(['Accept', 'Accept-Encoding']))
    const known = { 'accept-encoding': 'gzip, deflate, br', 'if-none-match': String(first.headers.etag) }
    const again = await sendRequest(url, { headers: { ...BROWSER, ...known } })
    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', first.headers.etag])
    expect(again.headers['content-security-policy']).toBe(first.headers['content-security-policy'])

    const other = await startServer({}, { graphiql: true, queries: ['query Other { hello }'] })
    try {
      const changed = await sendRequest(`${other.url}/graphql`, { headers: { ...BROWSER, ...known } })
      expect(changed.status).toBe(200)
      expect(changed.headers.etag).not.toBe(first.headers.etag)
    } finally {
      await other.close()
    }
  })

  it('answers HEAD without a body, as it answers GET', async () => {
    server = await startServer({}, { graphiql: true })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    for (const path of ['/graphql', ...pathsIn(body)]) {
      const get = await sendRequest(`${server.url}${path}`, { headers: BROWSER })
      const head = await sendRequest(`${server.url}${path}`, { method: 'HEAD', headers: BROWSER })
      expect([head.status, head.body]).toEqual([200, ''])
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
        expect([name, head.headers[name]]).toEqual([name, get.headers[name]])
    }
  })

  it('has no other files', async () => {
    server = await startServer({}, { graphiql: true })
    for (const path of [
      '/graphql/',
      '/graphql/graphiql.js',
      '/graphql/../graphql/other',
      '/graphql/..%2f..%2fpackage.json',
    ]) {
      const { status } = await sendRequest(`${server.url}${path}`, { headers: BROWSER })
      expect([path, status]).toEqual([path, 404])
    }
  })

  it('may run its own scripts only, connect to this server only and may not be framed', async () => {
    server = await startServer({}, { graphiql: true })
    const { headers } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    )
    expect(headers['content-security-policy']).not.toContain('http')
  })

  it('has the script of the package without two faults', async () => {
    server = await startServer({}, { graphiql: true })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    const path = pathsIn(body).find((each) => /^\/graphql\/graphiql-.*\.js$/.test(each))
    const { body: script } = await sendRequest(`${server.url}${path}`)
    const original = readFileSync('node_modules/@graphql-yoga/render-graphiql/esm/graphiql.js', 'utf8')
    // A tab that may be dragged inside the list only, and fields by name.
    for (const [fault, count] of [
      [/dragConstraints:\w+,value:/g, 1],
      [/\.sort\(\)\.map\(function\(\w+\)\{return \w+\.createElement\(\w+,\{key:\w+,field:/g, 3],
    ] as const) {
      expect(original.match(fault)).toHaveLength(count)
      expect(script).not.toMatch(fault)
    }
  })

  it('has queries with any characters', async () => {
    const query = '# </script><script>alert(1)</script> <!--\nquery Odd { hello }'
    server = await startServer({}, { graphiql: true, queries: [query] })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect(body.match(/<script/g)).toHaveLength(3)
    const [, settings = ''] = /<script type="application\/json" id="settings">(.*?)<\/script>/s.exec(body) ?? []
    expect(JSON.parse(settings)).toMatchObject({ options: { defaultTabs: [{ query }] } })
  })

  it('has the sandbox in its title in sandbox mode', async () => {
    server = await startServer({}, { graphiql: true, mode: 'sandbox' })
    const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
    expect(body).toContain('<title>certgraph (sandbox)</title>')
  })

  it.each([
    ['the page', 'GET /graphql', 'localhost'],
    ['its largest file', 'GET SCRIPT', 'localhost'],
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
      const { body } = await sendRequest(`${server.url}/graphql`, { headers: BROWSER })
      const script = pathsIn(body).find((path) => path.startsWith('/graphql/graphiql-') && path.endsWith('.js')) ?? ''
      expect((await sendRequest(`${server.url}${script}`)).body.length).toBeGreaterThan(4_000_000)
      const start = `${line.replace('SCRIPT', script)} HTTP/1.1\r\nHost: ${host}`
      const sockets = Array.from({ length: 20 }, () => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
        socket.pause().on('error', () => {})
        socket.write(`${start}\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\n`.repeat(32))
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
    expect(await sendRequest(`${server.url}/graphql/start.js`)).toMatchObject({ status: 404 })
  })
})
