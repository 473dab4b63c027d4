import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from '../../support/built-program.ts'
import { parseCsv } from '../../support/exported.ts'

const program = useBuiltProgram()

async function run(env: Record<string, string>, ...words: string[]) {
  const child = program.start(env, undefined, 'export', ...words)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { stdout, stderr, code }
}

describe('certgraph export', () => {
  it('writes the certificates of a running server to standard output', async () => {
    const { url } = await addressOf(program.start({}))
    const { stdout, stderr, code } = await run({}, '--format', 'csv', '--url', url, '--provider', 'AKAMAI')
    expect([code, stderr]).toEqual([0, 'warning: sandbox: all certificates are invented\n'])
    const response = await fetch(`${url}/certificates.csv?providers=AKAMAI`)
    const columnsOf = (file: string) => parseCsv(file).map(({ id, name, expiresAt }) => [id, name, expiresAt])
    expect(columnsOf(stdout)).toEqual(columnsOf(await response.text()))
    expect(parseCsv(stdout).length).toBeGreaterThan(10)
  }, 60_000)

  it('writes a file of each format in its own process', async () => {
    const files: Record<string, string> = {}
    for (const format of ['csv', 'json', 'cyclonedx', 'ics']) {
      const { stdout, code } = await run({ CERTGRAPH_MODE: 'sandbox' }, '--format', format)
      expect([format, code]).toEqual([format, 0])
      files[format] = stdout
    }
    const rows = parseCsv(files['csv'] ?? '')
    expect(rows).toHaveLength(51)
    expect(JSON.parse(files['json'] ?? '').certificates).toHaveLength(51)
    expect(JSON.parse(files['cyclonedx'] ?? '').components).toHaveLength(51)
    const events = (files['ics'] ?? '').split('BEGIN:VEVENT').length - 1
    expect(events).toBe(rows.filter(({ expiresAt }) => expiresAt !== '').length)
  }, 120_000)

  it('ends with 1 and a reason on standard error when there is no file', async () => {
    const { stdout, stderr, code } = await run({}, '--format', 'csv', '--url', 'http://127.0.0.1:1')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^certgraph export: http:\/\/127\.0\.0\.1:1 cannot be reached: /)
  }, 60_000)

  it('reads no faster than its output is read', async () => {
    const [part, parts] = [Buffer.alloc(65_536, 'x'), 1_000]
    let sent = 0
    const server = createServer(async (_request, response) => {
      response.writeHead(200, {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'x-certgraph-complete': 'true',
        'x-certgraph-fresh': 'true',
      })
      for (; sent < parts; sent++) if (!response.write(part)) await once(response, 'drain')
      response.end()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const child = program.start({}, undefined, 'export', '--format', 'csv', '--url', url)
    await once(server, 'request')
    for (let before = -1; before < sent; await setTimeout(1_000)) before = sent
    // What the buffers of the sockets hold on the way.
    expect(sent).toBeLessThan(parts / 2)
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect([stdout.length, code]).toEqual([parts * part.length, 0])
    server.close()
  }, 60_000)
})

describe('a command whose output cannot be written', () => {
  /** Runs a command in a shell that limits a file to 4 kB, as a full disk does. */
  async function runIntoSmallFile(redirection: string, ...words: string[]) {
    const cwd = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const script = `ulimit -f 8; exec "$0" "$@" ${redirection}`
    const env = { PATH: process.env['PATH'], CERTGRAPH_MODE: 'sandbox' }
    const result = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile('/bin/sh', ['-c', script, process.execPath, program.main, ...words], { cwd, env }, (error, _, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      ),
    )
    return { ...result, cwd }
  }

  it.each([
    ['export', ['export', '--format', 'csv'], 1],
    ['schema', ['schema'], 1],
    ['check', ['check', '--place', 'org_bluequay', '--warning', '2s', '--critical', '1s'], 2],
    ['--help', ['--help'], 1],
  ])(
    'ends with the reason on standard error, and not with 0: %s',
    async (_, words, code) => {
      const result = await runIntoSmallFile('> /dev/full', ...words)
      expect(result.code).toBe(code)
      expect(result.stderr).toMatch(
        /^certgraph: standard output is not complete: ENOSPC: no space left on device, write$/m,
      )
    },
    60_000,
  )

  it.each([
    ['export', ['export', '--format', 'json']],
    ['schema', ['schema']],
  ])(
    'ends with 1 when the disk takes a part of it: %s',
    async (_, words) => {
      const { code, stderr, cwd } = await runIntoSmallFile('> file', ...words)
      expect(readFileSync(join(cwd, 'file'))).toHaveLength(4_096)
      expect(code).toBe(1)
      expect(stderr).toMatch(/^certgraph: standard output is not complete: EFBIG: file too large, write$/m)
    },
    60_000,
  )

  it('ends with 0 when its reader needs no more', async () => {
    const child = program.start({}, undefined, 'schema')
    child.stdout.destroy()
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect([code, stderr]).toEqual([0, ''])
  }, 60_000)
})
