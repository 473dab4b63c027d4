import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import process from 'node:process'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { builtInDocuments } from '../../src/built-in-documents.ts'
import { addressOf, type BuiltProgram, buildProgram } from '../support/built-program.ts'
import { describeInBrowser, launchBrowser } from '../support/chromium.ts'
import { sendRequest } from '../support/http-client.ts'

/** Bytes of all JavaScript and CSS together, with brotli. */
const maxSize = 45_000

let program: BuiltProgram
let url: string
let folder: string

beforeAll(async () => {
  program = await buildProgram()
  folder = join(dirname(program.main), 'page')
  url = (await addressOf(program.start({ CERTGRAPH_MODE: 'sandbox', LOG_LEVEL: 'silent' }))).url
}, 120_000)
afterAll(() => program.killAll())

/** The assets of the build, without their compressed forms. */
const assetNames = () => readdirSync(join(folder, 'assets')).filter((name) => /\.(js|css|svg)$/.test(name))
const textOf = (name: string) => readFileSync(join(folder, 'assets', name), 'utf8')
const html = () => readFileSync(join(folder, 'index.html'), 'utf8')

describe('the bundle of the page', () => {
  it('has at most 45 kB of JavaScript and CSS with brotli', () => {
    const sizes = assetNames()
      .filter((name) => extname(name) !== '.svg')
      .map((name) => ({ name, size: statSync(join(folder, 'assets', `${name}.br`)).size }))
    const total = sizes.reduce((sum, { size }) => sum + size, 0)
    const lines = [...sizes, { name: `in total, of at most ${maxSize}`, size: total }]
    process.stdout.write(
      `Bytes with brotli:\n${lines.map(({ name, size }) => `${String(size).padStart(8)}  ${name}\n`).join('')}`,
    )
    expect(new Set(sizes.map(({ name }) => extname(name)))).toEqual(new Set(['.css', '.js']))
    expect(total).toBeGreaterThan(1_000)
    expect(total).toBeLessThanOrEqual(maxSize)
  })

  it('has the same content in each compressed form', () => {
    for (const path of ['index.html', ...assetNames().map((name) => `assets/${name}`)]) {
      const content = readFileSync(join(folder, path))
      expect(brotliDecompressSync(readFileSync(join(folder, `${path}.br`)))).toEqual(content)
      expect(gunzipSync(readFileSync(join(folder, `${path}.gz`)))).toEqual(content)
    }
  })

  it('has a digest in the name of each asset, and its HTML links to no other file', () => {
    const names = assetNames()
    for (const name of names) expect(name).toMatch(/^[\w-]+-[A-Z0-9]{8}\.(js|css|svg)$/)
    const links = [...html().matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link)
    expect(links).toHaveLength(3)
    for (const link of links) expect(names.map((name) => `/assets/${name}`)).toContain(link)
  })

  it('comes with the licence of each package in it', () => {
    const text = readFileSync(join(folder, 'licenses.txt'), 'utf8')
    const names = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+$/gm)].map(([, name]) => name)
    expect(names).toEqual(['@urql/core', '@urql/preact', 'preact', 'wonka'])
    expect(text.match(/Permission is hereby granted/g)).toHaveLength(names.length)
  })

  it('has no inline script, style or handler, which the content security policy would block', () => {
    expect(html()).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)[^>]*>/i)
  })

  it('has no parser of GraphQL, which persisted documents do not need', () => {
    expect(readFileSync(join(folder, 'licenses.txt'), 'utf8')).not.toContain('graphql.web')
  })

  it('sends operations by id alone, and each id is one of the server', () => {
    const scripts = assetNames()
      .filter((name) => name.endsWith('.js'))
      .map(textOf)
      .join('\n')
    const ids = scripts.match(/sha256:[0-9a-f]{64}/g) ?? []
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.filter((id) => !builtInDocuments.has(id))).toEqual([])
    expect(scripts).not.toMatch(/(query|fragment) [A-Z]\w* ?(\(|\{|on )/)
  })
})

describe('the page of a running program', () => {
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'"

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.2, gzip;q=0.7', 'gzip'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0, *;q=0.1', undefined],
  ])('is sent in the encoding that is accepted: %s', async (accepted, encoding) => {
    const suffix = { br: '.br', gzip: '.gz' }[encoding ?? ''] ?? ''
    const paths = ['/', ...assetNames().map((name) => `/assets/${name}`)]
    for (const path of paths) {
      const { status, headers } = await sendRequest(`${url}${path}`, { headers: { 'accept-encoding': accepted } })
      expect([path, status, headers['content-encoding']]).toEqual([path, 200, encoding])
      const file = join(folder, path === '/' ? 'index.html' : path)
      expect(headers).toMatchObject({
        'content-length': String(statSync(`${file}${suffix}`).size),
        'cache-control': path === '/' ? 'no-cache' : 'public, max-age=31536000, immutable',
        'content-security-policy': policy,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        etag: expect.stringMatching(/^".+"$/),
        vary: expect.stringContaining('Accept-Encoding'),
      })
    }
  })
})

describeInBrowser('the page in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  }, 60_000)
  afterAll(() => browser?.close())

  /** Opens a view, and returns its requests, the bodies that it sent, and the errors of the browser's console. */
  async function open(path: string) {
    const context = await browser.newContext()
    const opened = { requests: [] as string[], bodies: [] as string[], errors: [] as string[] }
    context.on('request', (request) => {
      opened.requests.push(request.url())
      if (request.method() === 'POST') opened.bodies.push(request.postData() ?? '')
    })
    context.on('weberror', (error) => opened.errors.push(error.error().message))
    context.on('console', (message) => message.type() === 'error' && opened.errors.push(message.text()))
    const page = await context.newPage()
    await page.goto(`${url}${path}`, { waitUntil: 'networkidle' })
    await context.close()
    return opened
  }

  it.each(['/', '/certificates', '/certificates/unknown', '/sources', '/changes'])(
    'connects to its own server only, and breaks no rule of the content security policy, at %s',
    async (path) => {
      const { requests, errors } = await open(path)
      expect(errors).toEqual([])
      expect(requests).toContainEqual(expect.stringMatching(/\/assets\/main-\w+\.js$/))
      expect(requests.filter((each) => new URL(each).origin !== url)).toEqual([])
    },
    60_000,
  )

  it.each(['/', '/certificates', '/certificates/unknown', '/sources', '/changes'])(
    'sends operations by their ids, at %s',
    async (path) => {
      const { bodies } = await open(path)
      expect(bodies).not.toEqual([])
      for (const body of bodies) {
        const { documentId, query } = JSON.parse(body) as { documentId: string; query?: string }
        expect([builtInDocuments.has(documentId), query]).toEqual([true, undefined])
      }
    },
    60_000,
  )
})
