import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { csv as format } from '../../src/exports/csv.ts'
import type { ExportRow } from '../../src/exports/export-row.ts'
import type { ExportContent } from '../../src/exports/format.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { type CsvRow, download, parseCsv } from '../support/exported.ts'
import { formulas, hostileNames, startStackWithHostileNames } from '../support/hostile-names.ts'
import type { Stack } from '../support/stack.ts'

let stack: Stack
let csv: { readonly text: string; readonly rows: readonly CsvRow[] }
beforeAll(async () => {
  stack = await startStackWithHostileNames()
  const { text } = await download(stack, 'certificates.csv')
  csv = { text, rows: parseCsv(text) }
})
afterAll(() => stack.close())

/** The rows by the name that the API returns for the same certificate. */
async function namesById(): Promise<ReadonlyMap<string, string>> {
  const { data } = await stack.ask<{ certificates: { nodes: { id: string; name: string }[] } }>(
    '{ certificates(first: 100) { nodes { id name } } }',
  )
  return new Map(data.certificates.nodes.map(({ id, name }) => [id, name]))
}

describe('the CSV file with hostile names', () => {
  it('has a line for each certificate, each of them with every column', () => {
    expect(csv.rows).toHaveLength(hostileNames.length)
    const [header = ''] = csv.text.split('\r\n')
    for (const row of csv.rows) expect(Object.keys(row)).toEqual(header.split(','))
    expect(csv.text.endsWith('\r\n')).toBe(true)
  })

  it('is what the grammar of RFC 4180 describes, where a line break within a value needs quotes', () => {
    // Without the limit to ASCII.
    const fields = csv.text.match(/(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r\n)/g) ?? []
    expect(fields.join('')).toBe(csv.text)
    expect(fields.filter((field) => field.endsWith('\r\n'))).toHaveLength(1 + hostileNames.length)
  })

  it('has the names unchanged, but for control characters and for those that a program would calculate', async () => {
    const byId = await namesById()
    expect(new Set(byId.values())).toEqual(new Set(hostileNames))
    for (const { id = '', name } of csv.rows) {
      const original = byId.get(id) ?? ''
      const printable = original.replace(/[^\P{Cc}\t\n\r]/gu, '\ufffd')
      expect(name).toBe(formulas.includes(original) ? `'${printable}` : printable)
    }
  })

  it('has no cell that begins as a formula, but for negative numbers', () => {
    const danger = /^[^\p{L}\p{N}\p{P}\p{S}]*\p{DI}*[=+\-@\t\r\n＝＋－＠]/u
    for (const row of csv.rows) {
      const { daysUntilExpiry, ...others } = row
      expect(daysUntilExpiry).toMatch(/^-?\d+$/)
      expect(Object.values(others).filter((cell) => danger.test(cell))).toEqual([])
    }
  })

  it('has negative numbers as numbers, and dates and flags as the API has them', () => {
    const expired = csv.rows.find(({ name }) => name === 'plain')
    const expiresAt = new Date(stack.clock.now() - 400 * 86_400_000).toISOString()
    expect(expired).toMatchObject({ expiresAt, daysUntilExpiry: '-400', expiryStatus: 'EXPIRED', stale: 'false' })
    expect(csv.text).toContain(`,${expiresAt},-400,EXPIRED,`)
    expect(expired).toMatchObject({ owner: "'=owner", contact: "'@on-call" })
  })

  it('is UTF-8, with a byte order mark on request', async () => {
    const { headers } = await download(stack, 'certificates.csv')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    const bytesOf = async (query: string) =>
      Buffer.from(await (await fetch(new URL(`/certificates.csv${query}`, stack.url))).arrayBuffer())
    const [without, withMark] = [await bytesOf(''), await bytesOf('?bom=true')]
    expect(without.subarray(0, 3).toString()).toBe('id,')
    expect(withMark.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(withMark.subarray(3).equals(without)).toBe(true)
  })
})

describe('a cell of the CSV file', () => {
  const row: ExportRow = {
    id: 'x',
    provider: 'OPENAI',
    place: { id: 'x', vendorId: 'x', label: 'x' },
    vendorId: 'x',
    name: null,
    owner: null,
    createdAt: null,
    validFrom: null,
    expiresAt: null,
    daysUntilExpiry: null,
    expiryStatus: 'UNKNOWN',
    active: null,
    deleted: false,
    x509: {},
    asOf: 0,
    stale: false,
    parseIssues: [],
  }

  /** The names as the file has them. */
  async function write(names: readonly string[]): Promise<readonly (string | undefined)[]> {
    const content: ExportContent = {
      settings: { publicUrl: null, isSandbox: false, version: '1', brands: new Map() },
      now: 0,
      incompleteReasons: [],
      staleReasons: [],
      conditions: [],
      sources: [],
      failedSources: [],
      async *rows() {
        yield names.map((name) => ({ ...row, name }))
      },
    }
    let text = ''
    for await (const piece of format.write(content, endlessTimeSlice, {})) text += piece
    return parseCsv(text).map(({ name }) => name)
  }

  /** Every character of Unicode but surrogates. */
  const characters = Array.from({ length: 0x11_0000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))

  it('is escaped when it begins with a character that is normalized to the beginning of a formula', async () => {
    const signs = characters.filter((character) => /^[=+\-@\u2212]/.test(character.normalize('NFKC')))
    expect(signs.length).toBeGreaterThan(15)
    expect(await write(signs.map((sign) => `${sign}1`))).toEqual(signs.map((sign) => `'${sign}1`))
  })

  it('is escaped when a character that shows nothing hides the beginning of a formula', async () => {
    const hidden = characters.filter((character) => /^[\p{DI}\p{M}\p{Z}\p{Cf}]$/u.test(character))
    expect(hidden).toEqual(expect.arrayContaining(['\u034f', '\u115f', '\ufe0f', '\u0301', '\u3164']))
    expect(await write(hidden.map((character) => `${character}=1`))).toEqual(
      hidden.map((character) => `'${character}=1`),
    )
  })

  it('is not changed when it begins with a letter, a digit or another sign', async () => {
    // Without the thousands of ideographs and syllables.
    const visible = characters
      .filter((character) => !/[\u3400-\ud7ff]|[^\0-\uffff]/u.test(character))
      .filter(
        (character) =>
          /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) &&
          !/\p{DI}|[=+\-@\u2212\u2800\ufffd]/u.test(character.normalize('NFKC')),
      )
    expect(await write(visible.map((character) => `${character}=1`))).toEqual(
      visible.map((character) => `${character}=1`),
    )
  })
})
