import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { assertInputObjectType } from 'graphql'
import { createBareSchema } from '../../../scripts/printed.ts'
import { exportOptions, toOptionMistake } from '../../../src/cli/export/options.ts'
import { toQuery } from '../../../src/cli/export/query.ts'
import { accessForTwoKeys, digestOf, somePlaces, twoKeys } from '../../support/callers.ts'
import { runCommand } from '../../support/command-line.ts'
import { download, parseCsv } from '../../support/exported.ts'
import { startSandboxes } from '../../support/sandboxes.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  jest.restoreAllMocks()
  for (const close of closers.splice(0)) await close()
})

/** Emulators, and a configuration file for them. */
async function startVendors(settings: object = {}) {
  const vendors = await startSandboxes({ now: Date.now, limits: true })
  closers.push(vendors.close)
  const file = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'config.json')
  writeFileSync(file, JSON.stringify({ ...vendors.file, ...settings }))
  return { ...vendors, file }
}

/** A server that is not certgraph. Returns its URL. */
async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const notShared = /^warning: the rate limits of the vendors are not shared .*\n/

describe('export from the configured vendors', () => {
  it('writes the certificates of all places, without a listener', async () => {
    const { file } = await startVendors()
    const listen = jest.spyOn(Server.prototype, 'listen')
    const { code, stdout, stderr } = await runCommand(['export', '--format', 'csv', '--config', file])
    expect(listen).not.toHaveBeenCalled()
    expect(code).toBe(0)
    expect(parseCsv(stdout)).toHaveLength(51)
    expect(stderr.replace(notShared, '')).toBe('')
  })

  it('says on standard error why the file is incomplete, and writes what there is', async () => {
    const { file, sandboxes } = await startVendors()
    sandboxes.openai.emulator.fault({ effect: { status: 503 } })
    const { code, stdout, stderr } = await runCommand(['export', '--format', 'csv', '--config', file])
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^certgraph export: warning: the file is incomplete: The list of certificates of org_bluequay .*UPSTREAM_UNAVAILABLE/m,
    )
    expect(new Set(parseCsv(stdout).map(({ provider }) => provider))).toEqual(new Set(['AKAMAI', 'LIVEPERSON']))
  })

  it('writes nothing with --require-complete when a certificate may be missing', async () => {
    const { file, sandboxes } = await startVendors()
    sandboxes.openai.emulator.fault({ effect: { status: 503 } })
    const words = ['export', '--format', 'json', '--require-complete', '--config', file]
    const { code, stdout, stderr } = await runCommand(words)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('certgraph export: The export would not be complete')
    expect(stderr).toMatch(/^certgraph export: The list of certificates of org_bluequay .*UPSTREAM_UNAVAILABLE/m)
  })
})

describe('an export from a running server', () => {
  let stack: Stack
  beforeAll(async () => {
    const manifest = join(mkdtempSync(join(tmpdir(), 'certgraph-')), 'documents.json')
    writeFileSync(manifest, JSON.stringify({ [digestOf('{ __typename }')]: '{ __typename }' }))
    stack = await startStack({
      limits: false,
      configure: (file) => ({
        ...file,
        access: accessForTwoKeys(['certificates:read']),
        documents: { mode: 'require', file: manifest },
      }),
    })
  })
  afterAll(() => stack.close())

  const exportAs = (key: string | undefined, ...words: string[]) =>
    runCommand(['export', '--url', new URL('/', stack.url).href, ...words], { env: { CERTGRAPH_KEY: key } })

  it.each([
    ['csv', 'certificates.csv'],
    ['cyclonedx', 'certificates.cdx.json'],
    ['json', 'certificates.json'],
    ['ics', 'expirations.ics'],
  ])('is the file that the server has: %s', async (format, name) => {
    const { code, stdout, stderr } = await exportAs(twoKeys[0], '--format', format)
    const { text } = await download(stack, name, {}, { headers: { authorization: `Bearer ${twoKeys[0]}` } })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(text)
  })

  it('has the places of the key, and what the options select', async () => {
    const { stdout } = await exportAs(twoKeys[1], '--format', 'csv')
    expect(new Set(parseCsv(stdout).map(({ placeVendorId }) => placeVendorId))).toEqual(new Set(somePlaces))
    const words = ['--format', 'csv', '--place', 'org_bluequay', '--expires-within', '14d', '--order-by', 'NAME']
    const selected = parseCsv((await exportAs(twoKeys[0], ...words)).stdout)
    expect(selected.length).toBeGreaterThan(0)
    for (const { daysUntilExpiry, place } of selected) {
      expect(place).toBe('Bluequay Freight')
      expect(Number(daysUntilExpiry)).toBeLessThan(14)
    }
  })

  it.each([
    ['without a key', undefined, [], 'expects an API key; set CERTGRAPH_KEY'],
    ['with an unknown key', 'cg_unknown', [], 'does not accept the key in CERTGRAPH_KEY'],
    [
      'for an unknown place',
      twoKeys[0],
      ['--place', 'nowhere'],
      "--place: no such place; expected the vendor's id of a place",
    ],
    [
      'for a wrong time',
      twoKeys[0],
      ['--expires-before', 'x'],
      '--expires-before: found "x"; expected a date and time of',
    ],
    [
      'for opposite flags',
      twoKeys[0],
      ['--active', '--inactive'],
      '--active or --inactive: given 2 times; expected it once',
    ],
  ])('fails with the reason %s', async (_, key, words, reason) => {
    const { code, stdout, stderr } = await exportAs(key, '--format', 'csv', ...words)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(reason)
    expect(stderr).not.toContain('cg_unknown')
  })

  const stated = (type: string, complete = 'true', fresh = 'true') => ({
    'content-type': type,
    'x-certgraph-complete': complete,
    'x-certgraph-fresh': fresh,
  })

  it.each([
    ['HTML of a proxy', { 'content-type': 'text/html; charset=utf-8' }, 'is text/html and not text/csv'],
    ['HTML with the headers', stated('text/html'), 'is text/html and not text/csv'],
    ['the file of another format', stated('application/json'), 'is application/json and not text/csv'],
    ['an answer without a type', {}, 'has no content type and not text/csv'],
    [
      'CSV of another program',
      { 'content-type': 'text/csv' },
      'has no header x-certgraph-complete and no header x-certgraph-fresh',
    ],
    [
      'CSV that does not say whether it is fresh',
      { 'content-type': 'text/csv', 'x-certgraph-complete': 'true' },
      'has no header x-certgraph-fresh',
    ],
  ])('fails and writes nothing when the status is 200 for %s', async (_, headers, reason) => {
    const url = await startServer((_request, response) => response.writeHead(200, headers).end('<html>login</html>'))
    for (const options of [[], ['--require-complete', '--require-fresh']]) {
      const { code, stdout, stderr } = await runCommand(['export', '--format', 'csv', '--url', url, ...options])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toBe(
        `certgraph export: the answer ${reason}, so it is no export; expected the URL of certgraph, and a proxy that changes no answer\n`,
      )
    }
  })

  it.each([
    ['--require-complete', stated('text/csv', 'false'), 'incomplete'],
    ['--require-fresh', stated('text/csv', 'true', 'false'), 'not fresh'],
  ])('writes nothing with %s when a server answers with such a file nevertheless', async (option, headers, state) => {
    const url = await startServer((_request, response) => response.writeHead(200, headers).end('id\r\n'))
    const words = ['export', '--format', 'csv', '--url', url]
    expect(await runCommand(words)).toMatchObject({ code: 0, stdout: 'id\r\n' })
    const { code, stdout, stderr } = await runCommand([...words, option])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(new RegExp(`^certgraph export: the file is ${state}: `))
  })

  it('fails when the file ends early', async () => {
    const url = await startServer((_request, response) => {
      response.writeHead(200, stated('text/csv; charset=utf-8'))
      response.write('id,name\r\n', () => response.destroy())
    })
    const { code, stderr } = await runCommand(['export', '--format', 'csv', '--url', url])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^certgraph export: the answer of http:\S+ ended early/)
  })

  it('fails when the server has no exports', async () => {
    const url = await startServer((_request, response) => response.writeHead(404).end())
    const { code, stderr } = await runCommand(['export', '--format', 'csv', '--url', url])
    expect(code).toBe(1)
    expect(stderr).toContain('/certificates.csv does not exist; expected the URL of certgraph')
  })
})

describe('the options of an export', () => {
  it('cover every field of the filter', () => {
    const every = Object.entries(exportOptions)
    const query = toQuery({
      values: new Map(every.filter(([, { value }]) => value).map(([name]) => [name, ['1d']])),
      flags: new Set(every.filter(([, { value }]) => !value).map(([name]) => name)),
      operand: undefined,
    })
    const fields = assertInputObjectType(createBareSchema().getType('CertificateFilter')).getFields()
    expect([...new Set(query.keys())]).toEqual(expect.arrayContaining(Object.keys(fields)))
    expect(query.getAll('expiresWithin')).toEqual(['PT86400S'])
    expect(query.getAll('require')).toEqual(['complete', 'fresh'])
  })

  it.each([
    ['ics', '--bom'],
    ['json', '--bom'],
    ['cyclonedx', '--bom'],
  ])('are named by the mistake of an option that a format lacks: %s', async (format, option) => {
    const { file } = await startVendors()
    const { code, stdout, stderr } = await runCommand(['export', '--format', format, option, '--config', file])
    expect([code, stdout]).toEqual([1, ''])
    const [, named = ''] =
      new RegExp(`^certgraph export: ${option}: no option of --format ${format}; expected one of (.+)$`, 'm').exec(
        stderr,
      ) ?? []
    const names = named.split(', ')
    expect(names).toEqual(expect.arrayContaining(['--provider', '--owned', '--unowned', '--require-complete']))
    expect(names).not.toContain(option)
    for (const name of names) expect(Object.keys(exportOptions)).toContain(name.replace('--', ''))
    expect(new Set(names).size).toBe(names.length)
  })

  it('are named for a parameter that is misspelled at the server, and keep the other mistakes', () => {
    const mistake = (parameter: string, message: string) => toOptionMistake(parameter, message, 'csv')
    expect(mistake('unowned', 'no parameter of this export; did you mean owners?')).toBe(
      '--unowned or --owned: no option of --format csv; did you mean --owner?',
    )
    expect(mistake('expiresBefore', 'found "x"; expected a time')).toBe('--expires-before: found "x"; expected a time')
  })

  it('name the formats when none is given, or an unknown one', async () => {
    for (const [words, mistake] of [
      [[], '--format is missing'],
      [['--format', 'cvs'], 'unknown format, did you mean csv?'],
    ] as const) {
      const { code, stderr } = await runCommand(['export', ...words])
      expect(code).toBe(1)
      expect(stderr).toContain(`certgraph: ${mistake}; expected --format csv|`)
    }
  })
})
