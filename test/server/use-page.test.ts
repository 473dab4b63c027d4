import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const html = '<!doctype html><title>page</title>'
const script = 'document.title = "loaded"\n'.repeat(50)
const style = 'body { margin: 0 }\n'.repeat(50)

const denied = { reason: 'missing', message: 'A key is required.' } as const

let folder: string
let server: RunningServer

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certgraph-page-'))
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

function writePage(): void {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  const files = {
    'index.html': html,
    'assets/main-AAAA.js': script,
    'assets/styles-BBBB.css': style,
    'assets/icon-CCCC.svg': '<svg/>',
  }
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content)
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content))
  }
}

async function start(options: Parameters<typeof startServer>[1] = {}): Promise<void> {
  writePage()
  server = await startServer({}, { page: pathToFileURL(`${folder}/`), ...options })
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  sendRequest(`${server.url}${path}`, { headers, method })

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"
const security = {
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

describe('the page', () => {
  const views = [
    '/',
    '/?theme=dark',
    '/certificates',
    '/certificates?search=%2Fgraphql',
    '/certificates/QWthbWFp%3D%2F1',
    '/sources',
    '/changes?after=x',
  ]

  it.each(views)('is the same HTML at %s', async (path) => {
    await start()
    const { status, headers, body } = await get(path)
    expect([status, body]).toEqual([200, html])
    expect(headers).toMatchObject({
      ...security,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-length': String(html.length),
      vary: 'Accept-Encoding',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('is also the answer to a client that accepts no HTML', async () => {
    await start()
    for (const accept of ['*/*', 'text/plain', 'application/json'])
      expect(await get('/', { accept })).toMatchObject({ status: 200, body: html })
  })

  it('is not sent again to a client that has it', async () => {
    await start()
    const { etag = '' } = (await get('/')).headers
    const again = await get('/sources', { 'if-none-match': etag })
    expect([again.status, again.body]).toEqual([304, ''])
    expect(again.headers).toMatchObject({ ...security, etag, 'cache-control': 'no-cache' })
  })

  it('answers HEAD with the same headers and no body', async () => {
    await start()
    const { date, 'x-request-id': id, connection, ...headers } = (await get('/changes')).headers
    const head = await get('/changes', {}, 'HEAD')
    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.headers).toMatchObject(headers)
  })

  it.each([
    '/certificate',
    '/certificates/',
    '/certificates/a/b',
    '/sources/',
    '/index.html',
    '/page',
    '/assets',
    '/assets/%2e%2e/index.html',
    '//',
    '/changes.csv',
  ])('is not at %s', async (path) => {
    await start()
    expect(await get(path)).toMatchObject({ status: 404, body: '' })
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    await start()
    for (const path of ['/', '/certificates/a', '/assets/main-AAAA.js'])
      expect(await get(path, {}, method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' }, body: '' })
  })

  it('is served to a caller without a credential, or with a wrong one', async () => {
    await start({ authenticate: async () => denied })
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      expect(await get('/', headers)).toMatchObject({ status: 200, body: html })
      expect(await get('/assets/main-AAAA.js', headers)).toMatchObject({ status: 200, body: script })
    }
  })

  it('is refused under a host name that is not accepted', async () => {
    await start({ hosts: ['certgraph.internal'] })
    for (const path of ['/', '/certificates', '/assets/main-AAAA.js']) {
      expect(await get(path, { host: 'evil.example' })).toMatchObject({ status: 421 })
      expect(await get(path, { host: 'certgraph.internal' })).toMatchObject({ status: 200 })
    }
  })

  it('marks the sandbox, and closes the connection while the server drains', async () => {
    await start({ mode: 'sandbox' })
    expect((await get('/')).headers['x-certgraph-mode']).toBe('sandbox')
    const closed = server.close(1_000)
    expect(await get('/')).toMatchObject({ status: 200, headers: { connection: 'close' }, body: html })
    await server.close()
    await closed
  })

  it('keeps the request id of the client', async () => {
    await start()
    expect((await get('/', { 'x-request-id': 'my-id' })).headers['x-request-id']).toBe('my-id')
  })

  it('is read from the disk when it is first requested', async () => {
    server = await startServer({}, { page: pathToFileURL(`${folder}/`) })
    expect(await get('/')).toMatchObject({ status: 500 })
    writePage()
    expect(await get('/')).toMatchObject({ status: 200, body: html })
    rmSync(join(folder, 'assets'), { recursive: true })
    expect(await get('/assets/main-AAAA.js')).toMatchObject({ status: 200, body: script })
  })
})

describe('an asset of the page', () => {
  it.each([
    ['main-AAAA.js', 'text/javascript; charset=utf-8', script],
    ['styles-BBBB.css', 'text/css; charset=utf-8', style],
    ['icon-CCCC.svg', 'image/svg+xml', '<svg/>'],
  ])('is cached without end: %s', async (name, type, content) => {
    await start()
    const { status, headers, body } = await get(`/assets/${name}`)
    expect([status, body]).toEqual([200, content])
    expect(headers).toMatchObject({
      ...security,
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    })
  })

  it.each([
    '/assets/main-ZZZZ.js',
    '/assets/',
    '/assets/main-AAAA.js.br',
    '/assets/main-AAAA.js/',
    '/assets/..%2Findex.html',
    '/assets/constructor',
  ])('is missing at %s', async (path) => {
    await start()
    expect(await get(path)).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' }, body: '' })
  })

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip;q=0.9', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0', undefined],
    ['identity, br;q=0.5', undefined],
  ])('has the best encoding that a client accepts: %s', async (accepted, encoding) => {
    await start()
    for (const [path, content] of [
      ['/', html],
      ['/assets/main-AAAA.js', script],
      ['/assets/styles-BBBB.css', style],
    ] as const) {
      const response = await fetch(`${server.url}${path}`, { headers: { 'accept-encoding': accepted } })
      expect(response.headers.get('content-encoding') ?? undefined).toBe(encoding)
      expect(await response.text()).toBe(content)
    }
  })

  it('has the bytes that were compressed by the build', async () => {
    await start()
    for (const [encoding, bytes] of [
      ['br', brotliCompressSync(script)],
      ['gzip', gzipSync(script)],
    ] as const) {
      const { headers } = await get('/assets/main-AAAA.js', { 'accept-encoding': encoding })
      expect(headers['content-length']).toBe(String(bytes.length))
    }
  })

  it('is refused to a client that excludes every encoding', async () => {
    await start()
    expect(await get('/assets/main-AAAA.js', { 'accept-encoding': '*;q=0' })).toMatchObject({ status: 406 })
  })
})
