import { once } from 'node:events'
import { text } from 'node:stream/consumers'
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
})
